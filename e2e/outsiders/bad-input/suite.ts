// e2e/outsiders/bad-input/suite.ts: what goes wrong between a core device and its cloud, as curl and the AWS CLI see it: AWS's error each time, and everything goes on afterwards.
import { onPath } from '@fleet/ops/shell/on-path'
import { awsCli as judgesByCli, cliPrograms } from '../aws-cli-and-boto3/suites.ts'
import { awsCli } from '../aws-cli-and-boto3/aws-command.ts'
import type { Suite } from '../suite.ts'
import { coreDevice } from './core-device.ts'
import { deploymentsGoOn } from './deployments.ts'
import { downloadsAreHeld } from './downloads.ts'
import { oversizedIsRefused } from './oversized.ts'
import { roleCredentialsEnd } from './role-credentials.ts'

export const badInput: Suite = {
  name: 'bad-input',
  judge: 'curl and AWS CLI',
  withinMs: 300_000,
  whyNot: async () => (onPath('curl') === undefined ? 'curl is not on PATH' : judgesByCli.whyNot()),
  async run(trial) {
    const twin = await trial.twin()
    const cli = awsCli(trial, await cliPrograms(), twin.environment)
    const stage = { trial, twin, cli, core: await coreDevice(twin, trial) }
    await roleCredentialsEnd(stage)
    await downloadsAreHeld(stage)
    await deploymentsGoOn(stage)
    await oversizedIsRefused(stage)
  },
}
