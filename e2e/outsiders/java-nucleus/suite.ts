// e2e/outsiders/java-nucleus/suite.ts: the real Greengrass nucleus with its claim plugin, in our image's own configuration, judges what the twin and our scripts do.
import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { findDistribution } from '@fleet/sandbox/site/java-nucleus/distribution'
import { runningSandbox, serial, type RunningSandbox } from '../../running-sandbox.ts'
import type { Suite, Trial } from '../suite.ts'
import { judgeDeployments } from './deployments.ts'
import { judgeHardware } from './hardware.ts'
import { judgeIdentity } from './identity.ts'
import { judgeJoining } from './joining.ts'
import { judgeOlderMqtt } from './older-mqtt.ts'
import { PATIENCE_MS } from './stage.ts'

export const javaNucleus: Suite = {
  name: 'java-nucleus',
  judge: 'Greengrass nucleus (Java)',
  withinMs: 1_200_000, // two minutes on a quiet machine
  whyNot() {
    const found = findDistribution(process.env)
    return Promise.resolve(found.isThere ? undefined : found.why)
  },
  run: judge,
}

async function judge(trial: Trial): Promise<void> {
  const found = findDistribution(process.env)
  if (!found.isThere) throw new Error(found.why)
  const listed = serial(1)
  const folder = join(trial.folder, 'sandbox')
  mkdirSync(folder)
  await using sandbox = await runningSandbox({ allowed: [listed], pis: 1, distribution: found, folder })
  const stage = { trial, sandbox, listed, until: patiently(sandbox) }
  for (const story of [judgeJoining, judgeHardware, judgeDeployments, judgeIdentity, judgeOlderMqtt]) await story(stage)
}

const patiently = (sandbox: RunningSandbox): RunningSandbox['until'] => (serial, what, holds, withinMs = PATIENCE_MS) => sandbox.until(serial, what, holds, withinMs)
