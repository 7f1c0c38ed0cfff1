// sandbox/src/site/docker/run-options.ts: reads the command line of `docker run`; an option that the sandbox does not know is refused, never ignored.
import { DockerError } from './docker-error.ts'

export interface RunOptions {
  readonly name: string | undefined
  readonly image: string
  /** What follows the image: replaces its Cmd. */
  readonly command: readonly string[]
  readonly entrypoint: string | undefined
  readonly workingFolder: string | undefined
  /** `KEY=value`, or `KEY` alone: its value here. */
  readonly environment: readonly string[]
  readonly environmentFiles: readonly string[]
  readonly volumes: readonly Mount[]
  readonly devices: readonly Mount[]
  /** `--pull never`: an image that is not there is an error. */
  readonly mayPull: boolean
}

/** A path of the Pi that the container has under another name. */
export interface Mount {
  readonly onPi: string
  readonly inContainer: string
}

/** Where docker keeps named volumes. */
const VOLUMES = '/var/lib/docker/volumes'

/**
 * Every option that has an effect here, or whose effect a sandbox without namespaces cannot have: memory, processes, users, capabilities
 * and networks are not limited; the component behaves the same within its limits, and a test of the real image checks these.
 */
const TAKES_VALUE = ['--name', '--cap-drop', '--security-opt', '--user', '--network', '--memory', '--memory-swap', '--cpus', '--pids-limit', '--env', '--volume', '--device', '--env-file', '--log-driver', '--log-opt', '--entrypoint', '--workdir', '--group-add', '--hostname', '--label', '--tmpfs', '--ulimit', '--stop-timeout', '--pull', '--platform']
const IS_SWITCH = ['--rm', '--read-only', '--init', '--interactive']
const SHORT: Readonly<Record<string, string>> = { '-e': '--env', '-v': '--volume', '-u': '--user', '-m': '--memory', '-w': '--workdir', '-h': '--hostname', '-l': '--label', '-i': '--interactive' }

/** @throws DockerError 125, as docker does before there is a container */
export function readRunOptions(words: readonly string[]): RunOptions {
  const given = new Map<string, string[]>()
  let index = 0
  for (let word = words[index]; word !== undefined && word.startsWith('-') && word !== '--'; word = words[index]) {
    const { name, attached } = split(word)
    const takesValue = TAKES_VALUE.includes(name)
    if (!takesValue && !IS_SWITCH.includes(name)) throw new DockerError(`unknown flag: ${name}\n\nRun 'docker run --help' for more information (the sandbox offers a part of docker's options)`, 125)
    const value = attached ?? (takesValue ? words[index + 1] : 'true')
    if (value === undefined) throw new DockerError(`flag needs an argument: ${name}`, 125)
    given.set(name, [...(given.get(name) ?? []), value])
    index += takesValue && attached === undefined ? 2 : 1
  }
  if (words[index] === '--') index++
  const [image, ...command] = words.slice(index)
  if (image === undefined) throw new DockerError("docker: 'docker run' requires at least 1 argument", 125)
  const all = (name: string) => given.get(name) ?? []
  return {
    name: all('--name').at(-1),
    image,
    command,
    entrypoint: all('--entrypoint').at(-1),
    workingFolder: all('--workdir').at(-1),
    environment: all('--env'),
    environmentFiles: all('--env-file'),
    volumes: all('--volume').map(readVolume),
    devices: all('--device').map(readDevice),
    mayPull: all('--pull').at(-1) !== 'never',
  }
}

/** `--name=x`, `--name x`, `-e x`, `-ex`. */
function split(word: string): { name: string; attached?: string } {
  if (!word.startsWith('--')) {
    const name = SHORT[word.slice(0, 2)] ?? word
    return word.length > 2 && name.startsWith('--') ? { name, attached: word.slice(2).replace(/^=/, '') } : { name }
  }
  const equals = word.indexOf('=')
  return equals < 0 ? { name: word } : { name: word.slice(0, equals), attached: word.slice(equals + 1) }
}

const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

/** `/path:/path`, or `name:/path` for a volume that docker keeps. */
function readVolume(text: string): Mount {
  const [onPi = '', inContainer = ''] = text.split(':') // and :ro or :rw
  if (!inContainer.startsWith('/') || !(onPi.startsWith('/') || VOLUME_NAME.test(onPi))) throw new DockerError(`docker: invalid volume specification: '${text}'`, 125)
  return { onPi: onPi.startsWith('/') ? onPi : `${VOLUMES}/${onPi}/_data`, inContainer }
}

function readDevice(text: string): Mount {
  const [onPi = '', inContainer = onPi] = text.split(':') // and :rwm
  return { onPi, inContainer }
}
