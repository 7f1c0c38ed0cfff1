// sandbox/src/story/pi-line.ts: one Pi in one line: serial number, state, LED as seen, presses of the button, components.
import type { PiStand, SandboxPi } from '@fleet/contract/sandbox-control'
import { coloured, harmless, plain, type Colour, type Line } from './text.ts'

export function piLine(pi: SandboxPi): Line {
  const { serial, stand } = pi
  const [word, colour] = standing(pi)
  const head: Line = [plain(' '), coloured('bold', serial.padEnd(16)), plain('  '), coloured(colour, word.padEnd(10)), plain(' ')]
  if (stand.state === 'off') return [...head, coloured('dim', pi.power === 'unplugged' ? 'unplugged' : harmless(stand.what))]
  const faults = faultsOf(pi).flatMap((fault) => [coloured('yellow', fault), plain('  ')])
  if (stand.state !== 'joined') return [...head, ...faults, plain(harmless(stand.what))]
  return [...head, ...light(stand), plain(' '), plain(`button ${stand.button.presses}`.padEnd(10)), plain(' '), ...faults, ...components(stand)]
}

function standing({ stand: { state, connected } }: SandboxPi): [string, Colour] {
  if (state === 'joined') return connected ? ['connected', 'green'] : ['joined', 'yellow']
  if (state === 'off') return ['off', 'dim']
  return [state, ['refused', 'failed', 'needs-help'].includes(state) ? 'red' : 'yellow']
}

function light({ light }: PiStand): Line {
  if (light.light === 'blinking') return [coloured('yellow', '●'), plain(` LED on ${light.frequencyHz.toFixed(1)} Hz`.padEnd(15))]
  return [coloured(light.light === 'lit' ? 'yellow' : 'dim', light.light === 'lit' ? '●' : '○'), plain(` LED ${light.light === 'lit' ? 'lit' : 'off'}`.padEnd(15))]
}

function faultsOf({ networkIsCut, clockSkewMs, boardIsHot }: SandboxPi): string[] {
  return [...(networkIsCut ? ['network cut'] : []), ...(clockSkewMs === 0 ? [] : [`clock ${clockSkewMs > 0 ? '+' : ''}${clockSkewMs / 1000} s`]), ...(boardIsHot ? ['hot board'] : [])]
}

/** Those that run with their version, the others also with their state; the nucleus's own are left out. */
const components = ({ components }: PiStand): Line =>
  components
    .filter(({ name }) => !name.startsWith('aws.greengrass.'))
    .sort((one, other) => (one.name < other.name ? -1 : 1)) // filter() has made a new array
    .flatMap(({ name, version, state }) => [
      plain(`${harmless(name.replace(/^fleetwright\./, ''))} ${harmless(version)}`),
      ...(state === 'RUNNING' ? [] : [coloured(state === 'BROKEN' || state === 'ERRORED' ? 'red' : 'yellow', ` ${harmless(state)}`)]),
      plain(' '),
    ])
