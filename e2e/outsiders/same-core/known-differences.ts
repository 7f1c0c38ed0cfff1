// e2e/outsiders/same-core/known-differences.ts: what may differ between the two makes of core, and why.
import type { Seen } from './core.ts'

interface Difference {
  readonly scenario: string
  /** A file of a component, or `cloud`. */
  readonly where: string
  readonly why: string
  /** The lines without what differs. */
  readonly without: (lines: readonly string[]) => readonly string[]
}

export const KNOWN_DIFFERENCES: readonly Difference[] = [
  {
    scenario: 'a release that cannot start is taken back',
    where: 'Bad/story',
    why: 'What the way back changes in the configuration reaches the real one while it is already coming back: by chance it installs or starts the old version once more. The simulated one does each once.',
    without: (lines) => {
      const back = lines.lastIndexOf('shutdown-2') + 1
      return [...lines.slice(0, back), ...new Set(lines.slice(back).filter((line) => line !== 'shutdown-1.0.0'))]
    },
  },
]

/** Of the shell, of this machine, or of how each make was started; nothing that a component may count on. */
const OF_THE_MACHINE = /^(PATH|PWD|OLDPWD|SHLVL|_|HOME|USER|LOGNAME|MAIL|SHELL|LANG|LC_.*|TERM|TMPDIR|DOCKER_CONFIG|FLEET_.*|NODE_.*|JAVA_.*|JVM_.*|SUDO_.*)$/

/** What is compared. */
export function comparable(scenario: string, seen: Seen | undefined): Seen | undefined {
  if (seen === undefined) return undefined
  return Object.fromEntries(
    Object.entries(seen).map(([where, lines]) => {
      const known = KNOWN_DIFFERENCES.find((each) => each.scenario === scenario && each.where === where)
      const rest = where.endsWith('/names') ? lines.filter((name) => !OF_THE_MACHINE.test(name)) : lines
      return [where, known ? known.without(rest) : rest]
    }),
  )
}
