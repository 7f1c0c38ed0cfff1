// packages/contract/src/settings.ts: each component's configuration; the recipe's defaults equal the schema's defaults (a test compares them).
import * as z from 'zod'
import { OsUpdateId, Reboot } from './os-update.ts'

const telemetryRule = z.string().regex(/^[a-zA-Z0-9_]{1,128}$/).or(z.literal('')).default('')

/** Configuration of fleetwright.led. `telemetryRule` names the stage's rule; empty sends no telemetry. */
export const LedSettings = z.strictObject({ telemetryRule })

/** Configuration of fleetwright.button. */
export const ButtonSettings = z.strictObject({ telemetryRule })

/** Configuration of fleetwright.cert-rotator: there is nothing to choose. */
export const RotatorSettings = z.strictObject({})

/** Configuration of fleetwright.os-update. An empty `id`: no update is wished. */
export const OsUpdateSettings = z.strictObject({ telemetryRule, id: OsUpdateId.or(z.literal('')).default(''), reboot: Reboot.default('when-needed') })

export type LedSettings = z.infer<typeof LedSettings>
export type ButtonSettings = z.infer<typeof ButtonSettings>
export type RotatorSettings = z.infer<typeof RotatorSettings>
export type OsUpdateSettings = z.infer<typeof OsUpdateSettings>
