// sandbox/src/command-line.ts: what can be said after `npm start --`, and the help that says so.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FleetError } from '@fleet/contract/errors'
import { findDistribution, type Distribution } from './site/java-nucleus/distribution.ts'
import type { Ports } from './opening/ports.ts'

export interface CommandLine {
  readonly wantsHelp: boolean
  /** Log lines alone, and one line `ready …`. */
  readonly isHeadless: boolean
  readonly isFresh: boolean
  readonly pis: number | undefined
  readonly stateFolder: string
  readonly ports: Ports
  readonly quotas: boolean
  /** Of `--nucleus java`. */
  readonly distribution: Distribution | undefined
}

const OPTIONS = {
  headless: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  pis: { type: 'string' },
  state: { type: 'string' },
  'gateway-port': { type: 'string', default: '4566' },
  'mqtt-port': { type: 'string', default: '8883' },
  'console-port': { type: 'string', default: '8080' },
  quotas: { type: 'boolean', default: false },
  nucleus: { type: 'string', default: 'simulated' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export const HELP = `npm start -- [options]      brings up a cloud twin, a fleet in it and simulated Pis, and tells the story as it happens

  --pis N            so many Pis (default: 3 at the first start, then those that are there). Serial numbers of allowlist.txt
                     come first; further ones are made up and admitted beside it: allowlist.txt is never changed
  --state DIR        where the sandbox keeps its state (default: .sandbox, or FLEET_SANDBOX_STATE)
  --fresh            start over: removes that state first
  --gateway-port N   AWS endpoint: APIs and image registry (default 4566)
  --mqtt-port N      MQTT over mutual TLS (default 8883; at most 32767)
  --console-port N   console page and control API (default 8080)
                     0 picks a free port, if possible the one that was picked before
  --quotas           answer no more requests a second than AWS does
  --nucleus java     the Pis run the real Greengrass nucleus, found by FLEET_NUCLEUS_DIST (docs/NUCLEUS.md)
  --headless         for scripts: nothing but log lines, and one line «ready {…}» when all Pis run their components
  -h, --help         this text

Examples:
  npm start                                                    three Pis
  npm start -- --fresh --pis 10                                a new fleet of ten
  npm start -- --headless --state /tmp/fleet --gateway-port 0 --mqtt-port 0 --console-port 0

Ctrl-C ends everything; the next start shows the same fleet. A second terminal: npx fleet --help
`

const MOST_PIS = 200 // each is several processes
const HIGHEST_MQTT_PORT = 32_767 // the Greengrass nucleus keeps it in a signed short

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Relative paths start here. */
  readonly folder: string
  /** Where the state is kept unless someone says otherwise. */
  readonly defaultStateFolder: string
}

/** @throws FleetError USAGE, NUCLEUS_MISSING */
export function readCommandLine(words: readonly string[], { environment, folder, defaultStateFolder }: Surroundings): CommandLine {
  const values = parsed(words)
  const state = values.state ?? (environment['FLEET_SANDBOX_STATE'] || undefined)
  return {
    wantsHelp: values.help,
    isHeadless: values.headless,
    isFresh: values.fresh,
    pis: values.pis === undefined ? undefined : numberOf('--pis', values.pis, MOST_PIS),
    stateFolder: state === undefined ? defaultStateFolder : resolve(folder, state),
    ports: {
      gateway: numberOf('--gateway-port', values['gateway-port'], 65_535),
      mqtt: numberOf('--mqtt-port', values['mqtt-port'], HIGHEST_MQTT_PORT),
      console: numberOf('--console-port', values['console-port'], 65_535),
    },
    quotas: values.quotas,
    distribution: distributionFor(values.nucleus, environment),
  }
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS }).values
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause))
  }
}

function distributionFor(nucleus: string, environment: Surroundings['environment']): Distribution | undefined {
  if (nucleus === 'simulated') return undefined
  if (nucleus !== 'java') throw wrong(`--nucleus takes «simulated» or «java», not «${nucleus}»`)
  const found = findDistribution(environment)
  if (found.isThere) return found
  throw new FleetError('NUCLEUS_MISSING', `the real Greengrass nucleus cannot be run: ${found.why}`, 'docs/NUCLEUS.md says where to get it and how to name it; without --nucleus java the Pis run the simulated one.')
}

function numberOf(option: string, text: string, most: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= most) return Number(text)
  throw wrong(`${option} takes a whole number up to ${most}, not «${text}»`)
}

const wrong = (what: string) => new FleetError('USAGE', what, 'npm start -- --help shows what there is.')
