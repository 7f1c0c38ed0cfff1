// sandbox/src/site/systemd.ts: as much of systemd as the scripts of the image ask for: starts and stops units, restarts them when they fail.
import type { SystemdAnswer } from './script.ts'

/** A service of the simulated Pi. */
export interface Unit {
  readonly isActive: boolean
  start(): Promise<void>
  stop(): Promise<void>
}

export interface Power {
  readonly reboot: () => void
  readonly off: () => void
}

/** What else the Pi's own process does for its scripts, by the name of the command. */
export type Commands = Readonly<Record<string, (words: readonly string[]) => Promise<SystemdAnswer>>>

/** Exit codes and texts are systemctl's (systemctl(1), «Exit status»; LSB for is-active). */
export function systemd(units: Readonly<Record<string, Unit>>, power: Power, others: Commands = {}): (words: readonly string[]) => Promise<SystemdAnswer> {
  return async ([command, ...words]) => {
    const other = command === undefined ? undefined : others[command]
    if (other !== undefined) return other(words)
    if (command === 'reboot') return power.reboot(), DONE
    if (command === 'poweroff') return power.off(), DONE
    const [verb = '', name = ''] = words.filter((word) => !word.startsWith('--'))
    const isQuiet = words.includes('--quiet')
    const unit = units[name]
    if (verb === 'reboot') return power.reboot(), DONE
    if (verb === 'poweroff') return power.off(), DONE
    if (unit === undefined) return verb === 'is-active' ? { code: 4, ...(isQuiet ? {} : { text: 'inactive' }) } : { code: 5, text: `Unit ${name} could not be found.` }
    if (verb === 'is-active') return { code: unit.isActive ? 0 : 3, ...(isQuiet ? {} : { text: unit.isActive ? 'active' : 'inactive' }) }
    if (verb === 'enable' || verb === 'disable') return DONE // what starts with the Pi is fixed here
    if (verb === 'stop' || verb === 'restart') await unit.stop()
    if (verb === 'start' || verb === 'restart') await unit.start()
    return ['start', 'stop', 'restart'].includes(verb) ? DONE : { code: 1, text: `Unknown command verb ${verb}.` }
  }
}

const DONE: SystemdAnswer = { code: 0 }
