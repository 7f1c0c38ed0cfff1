// sandbox/src/site/host-units.ts: what the image's host units are on a simulated Pi: which script, woken by what.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '@fleet/log'
import { onCard } from './card.ts'
import type { Patience } from './messages.ts'
import { OS_IMAGE, pathUnit, type PathUnit } from './path-unit.ts'
import { runScript } from './script.ts'
import type { Unit } from './systemd.ts'

export interface HostUnits extends Pick<PathUnit, 'card' | 'environment' | 'systemd'> {
  readonly patience: Patience
  readonly log: Log
}

const IDENTITY_RESTART_MS = 30_000 // RestartSec of the units …
const OS_UPDATE_RESTART_MS = 600_000
const LEAST_FREE_KB = 1024 // the card is a folder of this machine, whose disk is none of the Pi's

/** fleet-identity and fleet-os-update, until the signal aborts. */
export async function hostUnits({ patience, environment, log, ...conditions }: HostUnits, signal: AbortSignal): Promise<void> {
  const { pollMs, trialMs, mostMs = Infinity } = patience
  const units = [
    { name: 'identity', script: 'identity/fleet-identity.sh', watched: join(onCard.exchange, 'rotator/wish'), restartMs: IDENTITY_RESTART_MS, variables: { FLEET_POLL_MS: pollMs, FLEET_TRIAL_MS: trialMs } },
    { name: 'os update', script: 'os-update/fleet-os-update.sh', watched: join(onCard.osUpdate, 'component/request'), restartMs: OS_UPDATE_RESTART_MS, variables: { FLEET_POLL_MS: pollMs, FLEET_LEAST_FREE_KB: LEAST_FREE_KB } },
  ]
  const run = async ({ name, variables, restartMs, ...unit }: (typeof units)[number]) => {
    const known = Object.fromEntries(Object.entries(variables).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])))
    const options = { ...conditions, ...unit, restartMs: Math.min(restartMs, mostMs), environment: { ...environment, ...known }, onLine: (line: string) => log.info(name, { line }) }
    await pathUnit(options, signal).catch((error: unknown) => log.error('a unit of the host cannot run', { unit: name, error }))
  }
  await Promise.all(units.map(run))
}

/** fleet-site.service, before first boot: takes over the settings of the site, if there are any. Resolves with its exit code. */
export async function takeOverSite({ card, environment, systemd, onLine }: Omit<PathUnit, 'script' | 'watched' | 'restartMs'>, signal: AbortSignal): Promise<number> {
  if (![onCard.siteSettings, onCard.siteFaults].some((file) => existsSync(join(card, file)))) return 0 // ConditionPathExists
  return await runScript({ path: fileURLToPath(new URL('site/fleet-site.sh', OS_IMAGE)), environment, systemd, onLine }, signal)
}

/** fleet-card.service, before the nucleus: a card that has lost its identity says so. */
export const lookAfterCard = (conditions: Omit<PathUnit, 'card' | 'script' | 'watched' | 'restartMs'>, signal: AbortSignal): Promise<number> =>
  runScript({ path: fileURLToPath(new URL('identity/fleet-card.sh', OS_IMAGE)), ...conditions }, signal)

/** SSH of a simulated Pi: it can be switched on and off, but nobody can log in. */
export function sshUnit(): Unit {
  let isActive = false
  return {
    get isActive() {
      return isActive
    },
    start: async () => void (isActive = true),
    stop: async () => void (isActive = false),
  }
}
