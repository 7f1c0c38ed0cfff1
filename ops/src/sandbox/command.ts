// ops/src/sandbox/command.ts: `fleet sandbox …`: what can be done to the simulated Pis of a running sandbox, as with hands.
import { InvalidArgumentError, type Command } from 'commander'
import { durationMs } from '../shell/argument.ts'
import { group, runs, type CommandText } from '../shell/fleet-command.ts'

export const sandboxCommand = (): Command =>
  group('sandbox', {
    summary: 'Lay hands on the simulated Pis of a running sandbox',
    description: 'Start the sandbox with `npm start`. One with a state folder of its own is found by FLEET_SANDBOX_STATE.',
    examples: [['fleet sandbox press 10000000a1b2c3d4', 'presses the button']],
  })
    .addCommand(
      hands('list', { summary: 'Show the Pis as one sees them', examples: [['fleet sandbox list', 'power, light, button, faults']] }).action(runs(async () => (await import('./run.ts')).runList)),
    )
    .addCommand(
      hands('press', { summary: 'Press the button of a Pi and let it go', examples: [['fleet sandbox press 10000000a1b2c3d4', 'once']] })
        .argument('<serial>', 'the Pi')
        .action(runs(async () => (await import('./run.ts')).runPress)),
    )
    .addCommand(
      hands('power', {
        summary: 'Switch a Pi on, or shut it down',
        description: 'A serial number that no Pi has gets a new board with a newly flashed card.',
        examples: [
          ['fleet sandbox power on 10000000a1b2c3d7', 'a new Pi, or one that was off'],
          ['fleet sandbox power off 10000000a1b2c3d7', 'as poweroff does'],
          ['fleet sandbox power on 10000000a1b2c3d7 --new', 'with a new card: the Pi has forgotten everything'],
        ],
      })
        .argument('<on|off>', 'what to do', oneOf('on', 'off'))
        .argument('<serial>', 'the Pi')
        .option('--new', 'flash the card anew first')
        .action(runs(async () => (await import('./run.ts')).runPower)),
    )
    .addCommand(
      hands('unplug', { summary: 'Cut the power of a Pi, in the middle of whatever it does', examples: [['fleet sandbox unplug 10000000a1b2c3d4', 'power on brings it back']] })
        .argument('<serial>', 'the Pi')
        .action(runs(async () => (await import('./run.ts')).runUnplug)),
    )
    .addCommand(
      hands('network', { summary: 'Cut the network of a Pi, or mend it', examples: [['fleet sandbox network cut 10000000a1b2c3d4', 'its button still works']] })
        .argument('<cut|restore>', 'what to do', oneOf('cut', 'restore'))
        .argument('<serial>', 'the Pi')
        .action(runs(async () => (await import('./run.ts')).runNetwork)),
    )
    .addCommand(
      hands('heat', { summary: 'Hold a hair dryer to the board of a Pi, or take it away', examples: [['fleet sandbox heat on 10000000a1b2c3d4', 'it tells its temperature, and is throttled']] })
        .argument('<on|off>', 'what to do', oneOf('on', 'off'))
        .argument('<serial>', 'the Pi')
        .action(runs(async () => (await import('./run.ts')).runHeat)),
    )
    .addCommand(
      hands('corrupt-card', {
        summary: 'Cut the power of a Pi while its card writes: what it knew of itself is garbled',
        description: 'Its key, its certificate and the configuration of its nucleus cannot be read any more. It starts again and says what to do: a new card (power on --new), with which it joins again.',
        examples: [['fleet sandbox corrupt-card 10000000a1b2c3d4', 'as worn cards do']],
      })
        .argument('<serial>', 'the Pi')
        .action(runs(async () => (await import('./run.ts')).runCorruptCard)),
    )
    .addCommand(
      hands('bad-release', {
        summary: 'Publish and deploy a release that cannot work',
        description: 'One component of it ends as soon as it has begun. One device a minute is told; the first that fails stops the rollout, and goes back by itself.',
        examples: [['fleet sandbox bad-release', 'then look at the releases in the console']],
      }).action(runs(async () => (await import('./run.ts')).runBadRelease)),
    )
    .addCommand(
      hands('clock', {
        summary: 'Set the clock of a Pi wrong, or right; or move that of the cloud',
        description: 'A Pi is set wrong by so much, whatever it was before. The cloud (without a serial number) is moved on from where it is, for good.',
        examples: [
          ['fleet sandbox clock +181d', 'half a year later in the cloud'],
          ['fleet sandbox clock +365d 10000000a1b2c3d4', 'a Pi, a year ahead'],
          ['fleet sandbox clock -2h 10000000a1b2c3d4', 'two hours behind'],
          ['fleet sandbox clock 0 10000000a1b2c3d4', 'right again'],
        ],
      })
        .allowUnknownOption() // -2h is no option
        .argument('<by>', 'by how much: +365d, -2h, 0', durationMs)
        .argument('[serial]', 'the Pi')
        .action(runs(async () => (await import('./run.ts')).runClock)),
    )

/** These speak to a sandbox only: no stage, no --aws. */
const hands = (name: string, text: CommandText) => group(name, text).option('--json', 'print the result as JSON on stdout, and nothing else there')

const oneOf =
  <Word extends string>(...words: readonly Word[]) =>
  (text: string): Word => {
    const word = words.find((each) => each === text)
    if (word === undefined) throw new InvalidArgumentError(`It must be ${words.join(' or ')}.`)
    return word
  }
