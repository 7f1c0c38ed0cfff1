// ops/src/led/command.ts: `fleet led`: what it takes, and what its help says.
import { InvalidArgumentError, type Command } from 'commander'
import { seconds } from '../shell/argument.ts'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

const DEFAULT_WAIT_S = 15

export const ledCommand = (): Command =>
  fleetCommand('led', {
    summary: "Show or set the frequency of a device's LED",
    description: 'Wishes the frequency by the shadow «led» and waits for the device: prints what it applied, or why it refused. A device that is offline takes the wish when it is back; the exit code is 3 then. On and off is up to the button of the device.',
    examples: [
      ['fleet led 10000000a1b2c3d4 --frequency 5', 'five times a second'],
      ['fleet led 10000000a1b2c3d4', 'what it does now'],
    ],
  })
    .argument('<serial>', 'the device')
    .option('-f, --frequency <hertz>', 'times a second, 0.1 to 50', hertz)
    .option('--wait <seconds>', 'how long to wait for the device', seconds, DEFAULT_WAIT_S)
    .action(runs(async () => (await import('./run.ts')).runLed))

/** The limits are the contract's, whose schema is too slow to load for a help text (a test compares them). */
function hertz(text: string): number {
  const value = Number(text.replace(/ ?hz$/i, ''))
  if (text.trim() === '' || !(value >= 0.1 && value <= 50)) throw new InvalidArgumentError('It must be a number from 0.1 to 50.')
  return value
}
