// os-image/test/board.ts: a board on the bench: a temporary folder as its card, and first boot run on it as systemd would.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderBootSettings, type BootSettings } from '@fleet/contract/boot-settings'
import { layPowerCuts, runWithCuts, standIn, type Run } from './power-cuts.ts'

const here = dirname(fileURLToPath(import.meta.url))
const firstBoot = join(here, '../first-boot/first-boot.sh')

export const SERIAL = '10000000a1b2c3d4'
export const CLAIM_KEY = `-----BEGIN PRIVATE KEY-----\n${'claimsecret'.repeat(20)}\n-----END PRIVATE KEY-----\n`
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n'

export const SETTINGS: BootSettings = {
  STAGE: 'dev',
  REGION: 'eu-central-1',
  IOT_DATA_ENDPOINT: 'cloud.test',
  MQTT_PORT: 8883,
  IOT_CREDENTIAL_ENDPOINT: 'cloud.test:4566',
  GREENGRASS_DATA_PLANE_ENDPOINT: 'https://cloud.test:4566',
  PROVISIONING_TEMPLATE: 'fleet-dev',
  ROLE_ALIAS: 'fleet-dev-device',
  AWS_ENDPOINT_URL: '',
}

/** The commands of the scripts that write something; only these can be cut off. */
const WRITING = ['cat', 'dd', 'ln', 'mkdir', 'mv', 'openssl', 'rm', 'sync', 'systemctl']

export interface Board extends AsyncDisposable {
  readonly card: string
  path(name: string): string
  read(name: string): Promise<string | undefined>
  write(name: string, content: string): Promise<void>
  /** What the nucleus does at its next starts (nucleus-stand-in.sh); then it admits. */
  behave(...lines: readonly string[]): Promise<void>
  /** One start of fleet-first-boot.service; with `cutAt` the power goes before that many-th write. `until` ends it when it has said this; till then it asks once. */
  run(options?: { readonly cutAt?: number; readonly until?: RegExp; readonly env?: Record<string, string> }): Promise<Run>
}

/** A flashed card in a Raspberry Pi. */
export async function board(): Promise<Board> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-board-'))
  const card = join(folder, 'card')
  const path = (name: string) => join(card, name)
  const behaviour = join(folder, 'behaviour')
  const write = async (name: string, content: string) => {
    await mkdir(dirname(path(name)), { recursive: true })
    await writeFile(path(name), content)
  }
  await write('proc/device-tree/serial-number', `${SERIAL.toUpperCase()}\0`)
  await write('boot/firmware/fleet/settings.env', renderBootSettings(SETTINGS))
  await write('boot/firmware/fleet/root-ca.pem', CERTIFICATE)
  await write('boot/firmware/fleet/certificate.pem', CERTIFICATE)
  await write('boot/firmware/fleet/private.key', CLAIM_KEY)
  await writeFile(behaviour, '')
  await layPowerCuts(folder, WRITING)
  await standIn(folder, 'nucleus-stand-in.sh', 'systemctl')
  return {
    card,
    path,
    write,
    read: (name) => readFile(path(name), 'utf8').catch(() => undefined),
    behave: (...lines) => writeFile(behaviour, lines.map((line) => `${line}\n`).join('')),
    run: (options = {}) => run({ folder, card, behaviour }, options),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

interface Place {
  readonly folder: string
  readonly card: string
  readonly behaviour: string
}

const QUICK = { FLEET_POLL_MS: '10', FLEET_RETRY_FIRST_MS: '4', FLEET_RETRY_MOST_MS: '20', FLEET_OFFLINE_MOST_MS: '10', FLEET_ATTEMPT_MS: '200' }

/** Who is told to end at a word would go on, and join, before the signal comes on a busy machine: it waits before it asks again. */
const UNTIL_ENDED = { FLEET_RETRY_FIRST_MS: '600000', FLEET_RETRY_MOST_MS: '600000', FLEET_OFFLINE_MOST_MS: '600000' }

function run({ folder, card, behaviour }: Place, { cutAt = 0, until, env = {} }: Parameters<Board['run']>[0] & object): Promise<Run> {
  return runWithCuts(folder, firstBoot, { cutAt, until, path: env['PATH'], env: { ...QUICK, ...(until && UNTIL_ENDED), ...env, FLEET_ROOT: card, BEHAVIOUR: behaviour } })
}
