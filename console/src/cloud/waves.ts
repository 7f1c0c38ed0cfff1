// console/src/cloud/waves.ts: in which wave each device is told of a deployment: as the rate of its job says, in the order in which AWS IoT Jobs has told them.
import type { IoTJobExecutionsRolloutConfig } from '@aws-sdk/client-greengrassv2'
import type { ExecutionStatus } from '@fleet/ops/deploy/rollout'

/** `told`: has not begun; `untold`: its wave has not come. */
export const FATES = ['has it', 'unhealthy', 'failed', 'working', 'told', 'untold', 'left out'] as const
export type Fate = (typeof FATES)[number]

export interface Told {
  readonly serial: string
  readonly status: ExecutionStatus
  /** When it was told, ms since 1970. */
  readonly at: number
}

export interface Wave {
  /** From 1. */
  readonly number: number
  readonly devices: readonly { readonly serial: string; readonly fate: Fate }[]
}

const FATE_OF: Readonly<Record<ExecutionStatus, Fate>> = { SUCCEEDED: 'has it', FAILED: 'failed', REJECTED: 'failed', TIMED_OUT: 'failed', IN_PROGRESS: 'working', QUEUED: 'told', CANCELED: 'left out', REMOVED: 'left out' }

export interface Fleet {
  readonly members: readonly string[]
  readonly told: readonly Told[]
  readonly unhealthy: ReadonlySet<string>
}

export function wavesOf(rate: IoTJobExecutionsRolloutConfig | undefined, { members, told, unhealthy }: Fleet): readonly Wave[] {
  const known = new Map(told.map((each) => [each.serial, each]))
  const order = [...members].sort((one, other) => (known.get(one)?.at ?? Infinity) - (known.get(other)?.at ?? Infinity) || (one < other ? -1 : 1))
  const fateOf = (serial: string): Fate => {
    const { status } = known.get(serial) ?? {}
    const fate = status === undefined ? 'untold' : FATE_OF[status]
    return fate === 'has it' && unhealthy.has(serial) ? 'unhealthy' : fate
  }
  const waves: Wave[] = []
  for (let from = 0; from < order.length; ) {
    const number = waves.length + 1
    const devices = order.slice(from, from + sizeOf(number, rate)).map((serial) => ({ serial, fate: fateOf(serial) }))
    waves.push({ number, devices })
    from += devices.length
  }
  return waves
}

/** What AWS IoT Jobs tells in a minute at most (quotas, «Jobs»). */
const MOST = 1000

function sizeOf(wave: number, { maximumPerMinute = MOST, exponentialRate }: IoTJobExecutionsRolloutConfig = {}): number {
  if (!exponentialRate) return Math.max(1, maximumPerMinute)
  const { baseRatePerMinute = 1, incrementFactor = 1 } = exponentialRate
  return Math.max(1, Math.min(maximumPerMinute, Math.floor(baseRatePerMinute * incrementFactor ** (wave - 1))))
}
