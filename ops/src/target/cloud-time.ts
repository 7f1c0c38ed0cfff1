// ops/src/target/cloud-time.ts: what time it is for the cloud: ages of certificates are told by its clock, not by this machine's.
import type { IoTClient } from '@aws-sdk/client-iot'
import { controlClient } from '../sandbox/control-client.ts'
import type { Target } from './target.ts'

/**
 * A sandbox says so itself: its clock can be moved by half a year (`fleet sandbox clock`), which the `Date` of its answers does not follow, since
 * signatures are dated by the machine's. AWS's clock is this machine's, corrected by what the SDK has learned from the answers of `iot` so far.
 * @throws FleetError ENDPOINT_UNREACHABLE
 */
export async function cloudNow({ sandbox }: Pick<Target, 'sandbox'>, iot: IoTClient, machineNow: () => Date = () => new Date()): Promise<Date> {
  if (sandbox) return new Date((await controlClient(sandbox.endpoints.console).cloudClock(NOT_MOVED)).now)
  return new Date(machineNow().getTime() + iot.config.systemClockOffset)
}

const NOT_MOVED = { advanceMs: 0 }
