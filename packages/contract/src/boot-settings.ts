// packages/contract/src/boot-settings.ts: `settings.env` on the boot partition: where this image's devices find their cloud.
import * as z from 'zod'

/** Folder on the boot partition (`/boot/firmware`) that holds these settings and the claim; written when the card is flashed. */
export const BOOT_FOLDER = 'fleet'

/** The files in it. `fleet-status.txt` is beside the folder, where a person finds it. */
export const bootFiles = {
  settings: 'settings.env',
  claimCertificate: 'certificate.pem',
  claimPrivateKey: 'private.key',
  rootCa: 'root-ca.pem',
} as const

// One grammar for every value: it goes into a YAML string, an environment file and messages, so nothing that these would read otherwise.
const value = z.string().regex(/^[A-Za-z0-9._:/-]+$/)
const host = z.string().regex(/^[A-Za-z0-9.-]+$/, { error: 'is a host alone, without scheme and port' })

/** The keys as they stand in the file; os-image/first-boot/settings.sh reads the same ones (its test compares them). */
export const BootSettings = z.strictObject({
  STAGE: value,
  REGION: value,
  IOT_DATA_ENDPOINT: host,
  /** ≤32767: the nucleus casts it to a short. */
  MQTT_PORT: z.number().int().min(1).max(32_767),
  /** Host, with port unless it is 443. */
  IOT_CREDENTIAL_ENDPOINT: value,
  /** URL, or empty for AWS's own in this region. */
  GREENGRASS_DATA_PLANE_ENDPOINT: value.or(z.literal('')),
  PROVISIONING_TEMPLATE: value,
  ROLE_ALIAS: value,
  /** Where the AWS SDKs on the device find all other services (their variable of this name); empty for AWS's own. */
  AWS_ENDPOINT_URL: value.or(z.literal('')),
})
export type BootSettings = z.infer<typeof BootSettings>

/** The text of settings.env: one `KEY=value` a line, no quotes, `#` begins a comment line. @throws ZodError when a value cannot stand there */
export function renderBootSettings(settings: BootSettings): string {
  const lines = Object.entries(BootSettings.parse(settings)).map(([key, text]) => `${key}=${text}`)
  return ['# Where this device finds its cloud. Read by first boot; changes count until the device has joined.', ...lines, ''].join('\n')
}
