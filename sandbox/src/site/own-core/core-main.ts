// sandbox/src/site/own-core/core-main.ts ROOT INIT_CONFIG: the sandbox's nucleus as a program of its own, on a machine that is no simulated Pi (os-image/test/uefi).
import { spawnSync } from 'node:child_process'
import { jsonLog } from '@fleet/log'
import { networkCable } from '../network.ts'
import { REBOOT } from '../nucleus/deployments/bootstrap.ts'
import { startNucleus } from '../nucleus/nucleus.ts'

const [root = '', initConfig = ''] = process.argv.slice(2)
const now = () => new Date()

void run()

async function run(): Promise<void> {
  const log = jsonLog({ source: 'nucleus', least: 'warn' }) // all of it is in greengrass.log
  const nucleus = await startNucleus({ root, initConfig, environment: definedOf(process.env), network: networkCable({ now }), now, log })
  process.once('SIGTERM', () => void nucleus.stop().then(() => process.exit()))
  await nucleus.ended
  if (nucleus.exitCode === REBOOT) spawnSync('systemctl', ['reboot'])
  process.exit(nucleus.exitCode) // greengrass.service starts it again
}

function definedOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
