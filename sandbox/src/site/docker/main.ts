// sandbox/src/site/docker/main.ts: the `docker` command of a simulated Pi: real images from a real registry, run by this machine's Node.
import { join } from 'node:path'
import { onCard } from '../card.ts'
import { VERSION, type Docker } from './docker.ts'
import { containersIn } from './containers.ts'
import { credentialsFile } from './credentials.ts'
import { DockerError } from './docker-error.ts'
import { imageStore } from './image-store.ts'

const card = process.env['FLEET_ROOT'] ?? ''
const bootId = process.env['FLEET_BOOT_ID'] ?? ''
const folder = join(card, onCard.docker)
const docker: Docker = {
  store: imageStore(folder),
  containers: containersIn(join(folder, 'containers'), bootId),
  credentials: credentialsFile(join(process.env['DOCKER_CONFIG'] ?? join(card, 'root/.docker'), 'config.json')),
  print: (line) => void process.stdout.write(`${line}\n`),
}

try {
  if (card === '') throw new DockerError('docker (sandbox): FLEET_ROOT is not set; this is the docker of a simulated Pi')
  await obey(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof DockerError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.code
}

/** Each command loads what it needs itself: the nucleus calls docker often. */
async function obey([name = '', ...words]: readonly string[]): Promise<void> {
  if (name === '-v' || name === '--version') docker.print(`Docker version ${VERSION}, build sandbox`)
  else if (name === 'pull') await pull(words.find((word) => !word.startsWith('-')) ?? '')
  else if (name === 'run') await run(words)
  else await other(name, words)
}

async function pull(image: string): Promise<void> {
  const [{ pullImage }, { parseReference }] = await Promise.all([import('./pull.ts'), import('./reference.ts')])
  await pullImage(parseReference(image), docker)
}

async function run(words: readonly string[]): Promise<void> {
  const [{ prepareRun }, { readRunOptions }] = await Promise.all([import('./run.ts'), import('./run-options.ts')])
  const { file, words: programWords, folder: workingFolder, environment } = await prepareRun(readRunOptions(words), { card, bootId, pull, ...docker })
  process.chdir(workingFolder)
  process.execve?.(file, programWords, environment)
}

async function other(name: string, words: readonly string[]): Promise<void> {
  const { commands } = await import('./commands.ts')
  const command = commands[name]
  if (command === undefined) throw new DockerError(`docker: unknown command: docker ${name} (the sandbox offers a part of docker)\n\nRun 'docker --help' for more information`)
  await command(words, docker)
}
