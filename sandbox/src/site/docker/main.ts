// sandbox/src/site/docker/main.ts: the `docker` command of a simulated Pi as a process of its own: real images from a real registry, run by this machine's Node.
import { obeyDocker } from './docker-command.ts'

const answer = await obeyDocker({
  words: process.argv.slice(2),
  environment: process.env,
  pid: process.pid,
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
})
if ('code' in answer) process.exitCode = answer.code
else {
  process.chdir(answer.becomes.folder)
  process.execve?.(answer.becomes.file, answer.becomes.words, answer.becomes.environment)
}
