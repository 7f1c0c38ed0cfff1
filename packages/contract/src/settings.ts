// packages/contract/src/settings.ts: each component's configuration; the recipe's defaults equal the schema's defaults (a test compares them).
import * as z from 'zod'
import { OsUpdateId, Reboot } from './os-update.ts'

const telemetryRule = z.string().regex(/^[a-zA-Z0-9_]{1,128}$/).or(z.literal('')).default('')

/** Configuration of fleetwright.led. `telemetryRule` and `alarmRule` name the stage's rules; empty sends no telemetry, no alarms. */
export const LedSettings = z.strictObject({ telemetryRule, alarmRule: telemetryRule })

/** Configuration of fleetwright.button. */
export const ButtonSettings = z.strictObject({ telemetryRule })

/** Configuration of fleetwright.health. An empty `alarmRule` sends no alarms. Seconds, °C and % as in stage.ts. */
export const HealthSettings = z.strictObject({
  telemetryRule,
  alarmRule: telemetryRule,
  reportSeconds: z.number().min(60).max(3600).default(300),
  tooHotCelsius: z.number().min(40).max(110).default(80),
  diskFullPercent: z.number().min(50).max(99).default(90),
})

/** Configuration of fleetwright.cert-rotator: there is nothing to choose. */
export const RotatorSettings = z.strictObject({})

/** Configuration of fleetwright.os-update. An empty `id`: no update is wished. */
export const OsUpdateSettings = z.strictObject({ telemetryRule, id: OsUpdateId.or(z.literal('')).default(''), reboot: Reboot.default('when-needed') })

export type LedSettings = z.infer<typeof LedSettings>
export type HealthSettings = z.infer<typeof HealthSettings>
export type ButtonSettings = z.infer<typeof ButtonSettings>
export type RotatorSettings = z.infer<typeof RotatorSettings>
export type OsUpdateSettings = z.infer<typeof OsUpdateSettings>
