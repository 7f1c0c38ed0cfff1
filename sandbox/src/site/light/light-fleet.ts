// sandbox/src/site/light/light-fleet.ts: many light Pis at once: provisions them, a bounded number at a time, each with its retries.
import { ProvisioningRefused } from '../nucleus/provisioning/claim-error.ts'
import { jitteredPause, provision, type LightCloud, type LightIdentity } from './light-pi.ts'

export interface FleetOptions {
  readonly serials: readonly string[]
  readonly cloud: LightCloud
  /** How many are under way at one moment; each has one TLS connection. */
  readonly atOnce?: number
  readonly onJoined?: (identity: LightIdentity, tries: number) => void
}

export interface FleetOutcome {
  readonly joined: readonly LightIdentity[]
  /** What the cloud refused, with its words; networks and throttles are tried again instead. */
  readonly refused: readonly { readonly serial: string; readonly why: string }[]
  /** Tries beyond the first of each device. */
  readonly retries: number
}

const AT_ONCE = 32
const MOST_TRIES = 6
const RETRY_MS = 200

export async function provisionFleet({ serials, cloud, atOnce = AT_ONCE, onJoined = () => {} }: FleetOptions): Promise<FleetOutcome> {
  const joined: LightIdentity[] = []
  const refused: { serial: string; why: string }[] = []
  let tries = 0
  const waiting = [...serials]
  const work = async () => {
    for (let serial = waiting.shift(); serial !== undefined; serial = waiting.shift()) {
      const outcome = await join(serial, cloud)
      tries += outcome.tries
      if ('why' in outcome) {
        refused.push({ serial, why: outcome.why })
        continue
      }
      joined.push(outcome.identity)
      onJoined(outcome.identity, outcome.tries)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, serials.length) }, work))
  return { joined, refused, retries: tries - serials.length }
}

/** Until it has joined, or the cloud has said no. */
async function join(serial: string, cloud: LightCloud): Promise<{ readonly tries: number } & ({ readonly identity: LightIdentity } | { readonly why: string })> {
  for (let tries = 1; ; tries++) {
    try {
      return { identity: await provision(serial, cloud), tries }
    } catch (error) {
      if (error instanceof ProvisioningRefused || tries === MOST_TRIES) return { why: String(error), tries }
      await jitteredPause(RETRY_MS * 2 ** tries)
    }
  }
}

/** `count` serial numbers in a row that look like a Raspberry Pi's: `20000000` and a number, in hex. */
export const lightSerials = (count: number, first = 0): string[] => Array.from({ length: count }, (_, index) => `20000000${(first + index).toString(16).padStart(8, '0')}`)
