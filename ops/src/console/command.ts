// ops/src/console/command.ts: `fleet console`: what it takes, and what its help says.
import { Option, type Command } from 'commander'
import { fleetCommand, group, runs } from '../shell/fleet-command.ts'

export const consoleCommand = (): Command =>
  group('console', { summary: 'Look after the console page and the people who may sign in', examples: [['fleet console show', 'where it is'], ['fleet console user add ann --group operator', 'let Ann in']] })
    .addCommand(
      fleetCommand('show', { summary: 'Show where the console of a stage is', examples: [['fleet console show --stage prod', 'its address and its pools']] }).action(runs(async () => (await import('./run.ts')).runShowConsole)),
    )
    .addCommand(
      group('user', { summary: 'Let people into the console, and out of it', examples: [['fleet console user list', 'who may sign in']] })
        .addCommand(
          fleetCommand('add', {
            summary: 'Let a person in, or move one to another group',
            description: 'Prints a first password, once; it must be replaced at the first sign-in, within seven days. Viewers see everything, operators also change it. A person who is there already keeps the password and changes the group, which holds at the next sign-in, at the latest after an hour.',
            examples: [
              ['fleet console user add ann --group operator', 'she may change things'],
              ['fleet console user add ann --group viewer --new-password', 'she may look only, and has forgotten her password'],
            ],
          })
            .argument('<name>', 'by which she signs in')
            .addOption(new Option('--group <group>', 'viewer or operator').choices(['viewer', 'operator']).makeOptionMandatory())
            .option('--new-password', 'give a first password again')
            .action(runs(async () => (await import('./run.ts')).runAddUser)),
        )
        .addCommand(
          fleetCommand('remove', { summary: 'Let a person out', description: 'What a page that is open may still do ends within the hour, with its credentials.', examples: [['fleet console user remove ann', 'she may not sign in any more']] })
            .argument('<name>', 'by which she signs in')
            .action(runs(async () => (await import('./run.ts')).runRemoveUser)),
        )
        .addCommand(fleetCommand('list', { summary: 'List who may sign in', examples: [['fleet console user list', 'names, groups, and whether they ever came']] }).action(runs(async () => (await import('./run.ts')).runListUsers))),
    )
