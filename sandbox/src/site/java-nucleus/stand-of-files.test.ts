// sandbox/src/site/java-nucleus/stand-of-files.test.ts: how a real nucleus stands, read from files that grow, are cut and are replaced as it does it.
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { NucleusStand } from '../nucleus-host.ts'
import { watchStand } from './watch-stand.ts'

// Lines of a nucleus 2.18.0.
const state = (service: string, now: string) =>
  `2026-11-21T13:17:06.574Z [INFO] (${service}-lifecycle) com.aws.greengrass.lifecyclemanager.GenericExternalService: service-set-state. {serviceName=${service}, currentState=STARTING, newState=${now}}\n`
const version = (service: string, value: string) => `{"TS":1795267026171,"TP":["services","${service}","version"],"W":"changed","V":"${value}"}\n`
const gone = (service: string) => `{"TS":1795267026999,"TP":["services","${service}"],"W":"removed"}\n`
const CONNECTED = '2026-11-21T13:17:02.100Z [INFO] (AwsEventLoop1) com.aws.greengrass.mqttclient.AwsIotMqtt5Client: Successfully connected to AWS IoT Core. {clientId=x, sessionPresent=false}\n'
const INTERRUPTED = '2026-11-21T13:20:37.406Z [WARN] (AwsEventLoop1) com.aws.greengrass.mqttclient.AwsIotMqtt5Client: Connection interrupted. {clientId=x, error=socket is closed.}\n'

async function nucleus() {
  const root = mkdtempSync(join(tmpdir(), 'fleet-stand-'))
  for (const folder of ['logs', 'config']) mkdirSync(join(root, folder))
  const [log, tlog] = [join(root, 'logs/greengrass.log'), join(root, 'config/config.tlog')]
  const watch = async () => {
    const stands: NucleusStand[] = []
    const stand = await watchStand(root)
    stand.watch((now) => stands.push(now))
    onTestFinished(() => stand[Symbol.asyncDispose]())
    return (wanted: NucleusStand) => vi.waitFor(() => expect(stands.at(-1)).toEqual(wanted))
  }
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }))
  return { log, tlog, watch }
}

const led = (now: string, is = '1.0.0') => ({ name: 'led', version: is, state: now })

test('tells the connection and every component, but not what is the nucleus itself', async () => {
  const { log, tlog, watch } = await nucleus()
  const stands = await watch()
  await stands({ connected: false, components: [] })
  writeFileSync(tlog, version('led', '1.0.0') + version('DeploymentService', '0.0.0'))
  writeFileSync(log, CONNECTED + state('led', 'STARTING') + state('DeploymentService', 'RUNNING') + state('main', 'FINISHED'))
  await stands({ connected: true, components: [led('STARTING')] })
  appendFileSync(log, state('led', 'RUNNING') + INTERRUPTED)
  await stands({ connected: false, components: [led('RUNNING')] })
  appendFileSync(tlog, gone('led'))
  await stands({ connected: false, components: [] })
})

test('forgets what an earlier start has written into its log, not what is configured', async () => {
  const { log, tlog, watch } = await nucleus()
  writeFileSync(tlog, version('led', '1.0.0'))
  writeFileSync(log, CONNECTED + state('led', 'BROKEN'))
  const stands = await watch()
  await stands({ connected: false, components: [] })
  appendFileSync(log, state('led', 'RUNNING'))
  await stands({ connected: false, components: [led('RUNNING')] })
})

test('goes on when the log is put aside, and when the transaction log is written anew', async () => {
  const { log, tlog, watch } = await nucleus()
  writeFileSync(tlog, version('led', '1.0.0') + version('old', '1.0.0'))
  writeFileSync(log, '')
  const stands = await watch()
  appendFileSync(log, state('led', 'RUNNING') + state('old', 'RUNNING'))
  await stands({ connected: false, components: [led('RUNNING'), { name: 'old', version: '1.0.0', state: 'RUNNING' }] })
  renameSync(log, `${log}.1`)
  writeFileSync(log, state('led', 'STOPPING'))
  writeFileSync(`${tlog}+`, version('led', '2.0.0'))
  renameSync(`${tlog}+`, tlog)
  await stands({ connected: false, components: [led('STOPPING', '2.0.0')] })
})

test('reads a line that comes in two pieces, and no half line', async () => {
  const { log, tlog, watch } = await nucleus()
  writeFileSync(tlog, version('led', '1.0.0'))
  const stands = await watch()
  const line = state('led', 'RUNNING')
  writeFileSync(log, state('led', 'STARTING') + line.slice(0, 150))
  await stands({ connected: false, components: [led('STARTING')] })
  appendFileSync(log, line.slice(150))
  await stands({ connected: false, components: [led('RUNNING')] })
})
