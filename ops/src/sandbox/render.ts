// ops/src/sandbox/render.ts: simulated Pis as one sees them: power, light, what they say of themselves.
import type { BadRelease, PiStand, SandboxPi } from '@fleet/contract/sandbox-control'
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'

const HEAD = ['SERIAL', 'POWER', 'STATE', 'LIGHT', 'PRESSES', 'FAULTS', 'WHAT']

export function renderPis({ pis }: { readonly pis: readonly SandboxPi[] }, paint: Paint): string {
  if (pis.length === 0) return 'There are no Pis. Switch one on: fleet sandbox power on 10000000a1b2c3d7'
  return table(HEAD, pis.map(row), paint)
}

export const renderPi = (pi: SandboxPi, paint: Paint): string => renderPis({ pis: [pi] }, paint)

/** What these do shows only after the answer: a press is debounced, a Pi boots. */
export const renderPressed = ({ serial }: SandboxPi, paint: Paint): string => `${paint('green', 'pressed:')} the button of ${serial} (fleet sandbox list shows its light)`
export const renderCorrupted = ({ serial }: SandboxPi, paint: Paint): string => `${paint('green', 'corrupted:')} the card of ${serial} (fleet sandbox list shows what it says; fleet sandbox power on ${serial} --new gives it a new one)`
export const renderStarting = ({ serial }: SandboxPi, paint: Paint): string => `${paint('green', 'switched on:')} ${serial} starts (fleet sandbox list shows how far it is)`

export const renderBadRelease = ({ release, component, version }: BadRelease, paint: Paint): string =>
  `${paint('green', 'deployed:')} ${release}, in which ${component} ${version} ends as soon as it has begun (fleet status tells how it fares; fleet deploy rollback goes back)`

function row(pi: SandboxPi): string[] {
  const { serial, power, stand } = pi
  return [serial, power, stand.state, lightText(stand.light), String(stand.button.presses), faults(pi), printable(stand.what)]
}

const lightText = (light: PiStand['light']): string => (light.light === 'blinking' ? `${Number(light.frequencyHz.toFixed(1))} Hz` : light.light)

function faults({ networkIsCut, clockSkewMs, boardIsHot }: SandboxPi): string {
  const clock = clockSkewMs === 0 ? [] : [`clock ${clockSkewMs > 0 ? '+' : '−'}${duration(Math.abs(clockSkewMs))}`]
  return [...(networkIsCut ? ['no network'] : []), ...clock, ...(boardIsHot ? ['hot board'] : [])].join(', ')
}

function duration(ms: number): string {
  const [unit, lengthMs] = ([['d', 86_400_000], ['h', 3_600_000], ['min', 60_000]] as const).find(([, length]) => ms >= length) ?? (['s', 1000] as const)
  return `${Number((ms / lengthMs).toFixed(1))} ${unit}`
}
