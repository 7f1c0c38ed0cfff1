// ops/src/program.ts: the commands of fleet, one line each.
import { Command } from 'commander'
import { alarmsCommand } from './alarms/command.ts'
import { allowlistCommand } from './allowlist/command.ts'
import { auditCommand } from './audit/command.ts'
import { bootstrapCommand } from './bootstrap/command.ts'
import { claimCommand } from './claim/command.ts'
import { completionCommand } from './completion/command.ts'
import { consoleCommand } from './console/command.ts'
import { costCommand } from './cost/command.ts'
import { deployCommand } from './deploy/command.ts'
import { doctorCommand } from './doctor/command.ts'
import { imageCommand } from './image/command.ts'
import { ledCommand } from './led/command.ts'
import { logsCommand } from './logs/command.ts'
import { pullRequestCommand } from './pull-request/command.ts'
import { releaseCommand } from './release/command.ts'
import { rotateCommand } from './rotate/command.ts'
import { sandboxCommand } from './sandbox/command.ts'
import { EXIT } from './shell/exit-code.ts'
import { HELP_WIDTH } from './shell/fleet-command.ts'
import { tellsWrongUse } from './shell/wrong-use.ts'
import { statusCommand } from './status/command.ts'
import { destroyCommand } from './teardown/command.ts'
import { telemetryCommand } from './telemetry/command.ts'

/** In the order of a stage's life: made, released, admitted, used, taken down. */
export const fleetProgram = (): Command =>
  strict(
    new Command('fleet')
      .description('Runs a fleet of boards on AWS IoT from this repository.')
      .enablePositionalOptions() // what follows a command is its own
      .configureHelp({ helpWidth: HELP_WIDTH })
      .helpOption('-h, --help', 'show this help')
      .helpCommand('help [command]', 'the same as --help')
      .addHelpText('after', ABOUT)
      .addCommand(bootstrapCommand())
      .addCommand(deployCommand())
      .addCommand(releaseCommand())
      .addCommand(pullRequestCommand())
      .addCommand(claimCommand())
      .addCommand(imageCommand())
      .addCommand(allowlistCommand())
      .addCommand(statusCommand())
      .addCommand(ledCommand())
      .addCommand(rotateCommand())
      .addCommand(auditCommand())
      .addCommand(logsCommand())
      .addCommand(telemetryCommand())
      .addCommand(alarmsCommand())
      .addCommand(consoleCommand())
      .addCommand(doctorCommand())
      .addCommand(costCommand())
      .addCommand(destroyCommand())
      .addCommand(sandboxCommand())
      .addCommand(completionCommand()),
  )

/** Wrong use is an error to the caller, not the end of the process; and too many arguments are wrong use. */
function strict(command: Command): Command {
  command.exitOverride().allowExcessArguments(false)
  tellsWrongUse(command)
  command.commands.forEach(strict)
  return command
}

const ABOUT = `
Where it speaks to:
  AWS_ENDPOINT_URL if it is set, else the sandbox that runs from this repository (npm start), else AWS by
  your credentials; --aws goes past the sandbox. A line on stderr says which it is. On AWS the account is
  compared with the stage's (Pulumi.<stage>.yaml) before anything is changed.

Exit codes:
  ${EXIT.done}    done
  ${EXIT.failed}    failed; each error says what to do, docs/ERRORS.md lists them all
  ${EXIT.wrongUse}    wrong use: nothing was asked of the cloud
  ${EXIT.unconfirmed}    recorded, but the device has not confirmed it in time
  ${EXIT.interrupted}  interrupted

Environment:
  FLEET_SANDBOX_STATE  the state folder of a sandbox that was started with --state
  FLEET_STACK_STATE    a folder for the stack's state, made without the Pulumi CLI then
  FLEET_DEBUG=1        shows the stacks of errors
  NO_COLOR             no colours

Examples:
  fleet status
  fleet allowlist plan
  fleet led 10000000a1b2c3d4 --frequency 5`
