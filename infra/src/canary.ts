// infra/src/canary.ts: the first wave of this one deployment, as `fleet deploy --canary` asks for it.
import { FleetError } from '@fleet/contract/errors'
import type { Stage } from '@fleet/contract/stage'

/** Devices in the first wave (FLEET_CANARY); 0: as the stage has it. @throws FleetError USAGE */
export function canaryOf(text = ''): number {
  const first = Number(text)
  if (Number.isInteger(first) && first >= 0 && first <= 1000) return first
  throw new FleetError('USAGE', `FLEET_CANARY is «${text}»`, 'It must be how many devices are told in the first minute, 1 to 1000: `fleet deploy --canary` sets it.')
}

/** The wave is never larger than the stage lets be told in a minute, and the rollout can stop before it is through. */
export function withCanary(stage: Stage, first: number): Stage {
  if (first === 0) return stage
  const { rollout } = stage
  const firstPerMinute = Math.min(first, rollout.devicesPerMinute)
  return { ...stage, rollout: { ...rollout, firstPerMinute, abortAfterDevices: Math.min(firstPerMinute, rollout.abortAfterDevices) } }
}
