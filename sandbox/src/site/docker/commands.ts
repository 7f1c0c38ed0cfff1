// sandbox/src/site/docker/commands.ts: the docker commands other than `run` and `pull`: what each prints.
import type { Container } from './containers.ts'
import { authorization } from './authorization.ts'
import { VERSION, type Docker } from './docker.ts'
import { daemonError, DockerError } from './docker-error.ts'
import { parseReference } from './reference.ts'

export type DockerCommand = (words: readonly string[], docker: Docker) => Promise<void>

export const commands: Readonly<Record<string, DockerCommand>> = { version, login, images, rmi, stop, kill, rm, ps, inspect, logs }

async function version(_words: readonly string[], { print }: Docker): Promise<void> {
  print(`Client:\n Version:           ${VERSION}\n Context:           sandbox\n\nServer:\n Engine:\n  Version:          ${VERSION}`)
}

async function login(words: readonly string[], { credentials, get, print }: Docker): Promise<void> {
  const { values, others } = read(words, { '-u': 'username', '--username': 'username', '-p': 'password', '--password': 'password' }, ['--password-stdin'])
  const [registry = ''] = others
  const password = values['password'] ?? (await readStandardInput())
  const auth = Buffer.from(`${values['username'] ?? ''}:${password}`).toString('base64')
  const { registry: address } = parseReference(`${registry.replace(/^https?:\/\/|\/+$/g, '')}/login`)
  const url = new URL(`${address.isPlain ? 'http' : 'https'}://${address.host}:${address.port}/v2/`)
  const first = await get(url, {})
  first.resume()
  const header = first.statusCode === 401 ? await authorization(first.headers['www-authenticate'] ?? '', { auth, get }) : undefined
  const answer = header === undefined ? first : await get(url, { authorization: header })
  answer.resume()
  if (answer.statusCode !== 200) throw daemonError(`login attempt to ${url.href} failed with status: ${answer.statusCode ?? 0} ${answer.statusMessage ?? ''}`)
  await credentials.save(`${address.host}:${address.port}`, auth)
  print('Login Succeeded')
}

async function images(words: readonly string[], { store, print }: Docker): Promise<void> {
  const { switches, others } = read(words, {}, ['-q', '--quiet', '--no-trunc'])
  const [wanted] = others
  const name = wanted === undefined ? undefined : parseReference(wanted).text
  const isQuiet = switches.has('-q') || switches.has('--quiet')
  const id = (text: string) => (switches.has('--no-trunc') ? text : text.slice('sha256:'.length, 'sha256:'.length + 12))
  if (!isQuiet) print('REPOSITORY                                                IMAGE ID')
  for (const [reference, imageId] of Object.entries(await store.references())) {
    if (name === undefined || name === reference) print(isQuiet ? id(imageId) : `${reference}   ${id(imageId)}`)
  }
}

async function rmi(words: readonly string[], { store, containers, print }: Docker): Promise<void> {
  for (const word of read(words, {}, ['-f', '--force']).others) {
    const { text } = parseReference(word)
    const image = await store.find(text)
    if (image === undefined) throw daemonError(`No such image: ${word}`)
    const user = (await containers.running()).find(({ imageId }) => imageId === image.id)
    if (user !== undefined) throw daemonError(`conflict: unable to remove repository reference "${text}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${image.id.slice(7, 19)}`)
    const deleted = await store.forget(text)
    print(`Untagged: ${text}`)
    if (deleted !== undefined) print(`Deleted: ${deleted}`)
  }
}

const DEFAULT_GRACE_S = 10

async function stop(words: readonly string[], docker: Docker): Promise<void> {
  const { values, others } = read(words, { '-t': 'time', '--time': 'time', '--timeout': 'time' }, [])
  const graceMs = Number(values['time'] ?? DEFAULT_GRACE_S) * 1000
  for (const name of others) await end(name, 'SIGTERM', graceMs, docker)
}

async function kill(words: readonly string[], docker: Docker): Promise<void> {
  const { values, others } = read(words, { '-s': 'signal', '--signal': 'signal' }, [])
  const signal = `SIG${(values['signal'] ?? 'KILL').replace(/^SIG/, '')}` as NodeJS.Signals // kill(2) refuses what is none
  for (const name of others) await end(name, signal, 0, docker)
}

async function rm(words: readonly string[], docker: Docker): Promise<void> {
  const { switches, others } = read(words, {}, ['-f', '--force', '-v', '--volumes'])
  const isForced = switches.has('-f') || switches.has('--force')
  for (const name of others) {
    if (isForced && !(await docker.containers.running()).some((container) => container.name === name)) continue
    if (!isForced) throw daemonError(`cannot remove container "/${name}": container is running: stop the container before removing or force remove`)
    await end(name, 'SIGKILL', 0, docker)
  }
}

async function end(name: string, signal: NodeJS.Signals, graceMs: number, { containers, print }: Docker): Promise<void> {
  await containers.stop(await containers.find(name), signal, graceMs)
  print(name)
}

async function ps(words: readonly string[], { containers, print }: Docker): Promise<void> {
  const { values, switches } = read(words, { '-f': 'filter', '--filter': 'filter' }, ['-q', '--quiet', '-a', '--all'])
  const [key, wanted = ''] = (values['filter'] ?? '').split('=')
  if (key !== '' && key !== 'name') throw daemonError(`invalid filter '${key ?? ''}' (the sandbox offers name)`)
  const isQuiet = switches.has('-q') || switches.has('--quiet')
  if (!isQuiet) print('CONTAINER ID   IMAGE   STATUS   NAMES')
  for (const { id, image, name } of await containers.running()) {
    if (name.includes(wanted)) print(isQuiet ? id.slice(0, 12) : `${id.slice(0, 12)}   ${image}   Up   ${name}`)
  }
}

const FORMATS: Readonly<Record<string, (container: Container) => string>> = {
  '{{.State.Running}}': () => 'true',
  '{{.State.Status}}': () => 'running',
  '{{.State.Pid}}': ({ pid }) => String(pid),
  '{{.Id}}': ({ id }) => id,
  '{{.Image}}': ({ imageId }) => imageId,
}

async function inspect(words: readonly string[], { containers, print }: Docker): Promise<void> {
  const { values, others } = read(words, { '-f': 'format', '--format': 'format' }, [])
  for (const name of others) {
    const container = await containers.find(name).catch(() => {
      throw new DockerError(`Error: No such object: ${name}`)
    })
    const parts = (values['format'] ?? '').split(' ').map((part) => FORMATS[part])
    const state = { Status: 'running', Running: true, Pid: container.pid, StartedAt: container.created }
    if (values['format'] === undefined) print(JSON.stringify([{ Id: container.id, Created: container.created, State: state, Image: container.imageId, Name: `/${container.name}` }], undefined, 4))
    else print(parts.map((part) => part?.(container) ?? unknownFormat(values['format'] ?? '')).join(' '))
  }
}

function unknownFormat(format: string): never {
  throw new DockerError(`template parsing error: «${format}» is not offered by the sandbox (${Object.keys(FORMATS).join(', ')})`, 64)
}

/** What a component prints goes to the nucleus, which keeps it in its log; the engine has no second copy, as with `--log-driver none`. */
async function logs([name = '']: readonly string[], { containers }: Docker): Promise<void> {
  await containers.find(name)
  throw daemonError('configured logging driver does not support reading')
}

interface Read {
  readonly values: Readonly<Record<string, string>>
  readonly switches: ReadonlySet<string>
  readonly others: readonly string[]
}

/** @throws DockerError 125 for an option that is not listed */
function read(words: readonly string[], valued: Readonly<Record<string, string>>, switchable: readonly string[]): Read {
  const values: Record<string, string> = {}
  const switches = new Set<string>()
  const others: string[] = []
  for (let index = 0; index < words.length; index++) {
    const [name = '', attached] = (words[index] ?? '').split(/=(.*)/s)
    const key = valued[name]
    if (key !== undefined) values[key] = attached ?? words[++index] ?? ''
    else if (switchable.includes(name)) switches.add(name)
    else if (name.startsWith('-')) throw new DockerError(`unknown flag: ${name} (the sandbox offers a part of docker's options)`, 125)
    else others.push(words[index] ?? '')
  }
  return { values, switches, others }
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8').trimEnd()
}

