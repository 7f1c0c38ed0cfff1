// e2e/outsiders/device-sdks/judged.ts: what each story of a device SDK is told on.
import type { Trial } from '../suite.ts'
import type { Twin } from '../twin.ts'
import type { Fleet } from './fleet.ts'

export interface Judged {
  readonly trial: Trial
  readonly twin: Twin
  readonly fleet: Fleet
}
