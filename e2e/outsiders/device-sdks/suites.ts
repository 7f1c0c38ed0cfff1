// e2e/outsiders/device-sdks/suites.ts: AWS's device SDKs as judges, by their own clients for provisioning, shadows and jobs.
import { fileURLToPath } from 'node:url'
import { pythonEnvironment } from '../python-environment.ts'
import type { Suite, Trial } from '../suite.ts'
import { fleetAt } from './fleet.ts'
import type { Judged } from './judged.ts'
import { judgeByJavaScript } from './javascript/judge-by-javascript.ts'
import { judgeByPython } from './python/judge-by-python.ts'

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url))

export const deviceSdkForJavaScript: Suite = {
  name: 'device-sdk-javascript',
  judge: 'AWS IoT Device SDK for JavaScript v2',
  whyNot: () => Promise.resolve(undefined),
  run: async (trial) => judgeByJavaScript(await judged(trial)),
}

export const deviceSdkForPython: Suite = {
  name: 'device-sdk-python',
  judge: 'AWS IoT Device SDK for Python v2',
  async whyNot() {
    const environment = await pythonEnvironment(REQUIREMENTS)
    return environment.kind === 'missing' ? environment.why : undefined
  },
  async run(trial) {
    const environment = await pythonEnvironment(REQUIREMENTS)
    if (environment.kind === 'missing') throw new Error(environment.why)
    await judgeByPython(await judged(trial), environment.bin)
  },
}

async function judged(trial: Trial): Promise<Judged> {
  const twin = await trial.twin()
  return { trial, twin, fleet: await fleetAt(twin) }
}
