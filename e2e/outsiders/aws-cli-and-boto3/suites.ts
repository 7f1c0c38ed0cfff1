// e2e/outsiders/aws-cli-and-boto3/suites.ts: AWS's own Python clients as judges: botocore by tables of cases, the AWS CLI by the commands that a user would type.
import { fileURLToPath } from 'node:url'
import { pythonEnvironment } from '../python-environment.ts'
import type { Suite } from '../suite.ts'
import { judgeByCli } from './cli.ts'
import { judgeByBotocore } from './judge-by-botocore.ts'

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url))

const whyNot = async () => {
  const environment = await pythonEnvironment(REQUIREMENTS)
  return environment.kind === 'missing' ? environment.why : undefined
}

export const awsCli: Suite = { name: 'aws-cli', judge: 'AWS CLI', userAgent: /^aws-cli\//, withinMs: 300_000, whyNot, run: async (trial) => judgeByCli(trial, await cliPrograms()) }

export const boto3: Suite = { name: 'boto3', judge: 'boto3', userAgent: /\bBoto(3|core)\//, withinMs: 240_000, whyNot, run: async (trial) => judgeByBotocore(trial, await cliPrograms()) }

/** The folder of `aws` and `python`. */
export async function cliPrograms(): Promise<string> {
  const environment = await pythonEnvironment(REQUIREMENTS)
  if (environment.kind === 'missing') throw new Error(environment.why)
  return environment.bin
}
