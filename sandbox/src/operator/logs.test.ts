// sandbox/src/operator/logs.test.ts: `fleet logs` reads what the log manager of a device has uploaded.
import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { streamOf } from '@fleet/ops/logs/log-groups'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, openTestStage } from './testing.ts'

const LED = `/aws/greengrass/UserComponent/${ACCOUNT.region}/fleetwright.led`
const SYSTEM = `/aws/greengrass/GreengrassSystemComponent/${ACCOUNT.region}/System`

async function stageWithLogs() {
  const stage = await openTestStage()
  const logs = new CloudWatchLogsClient({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  const made = new Set<string>()
  const write = async (logGroupName: string, serial: string, at: Date, message: string) => {
    const logStreamName = streamOf(at, serial)
    const isThere = (error: Error) => {
      if (error.name !== 'ResourceAlreadyExistsException') throw error
    }
    if (!made.has(logGroupName)) await logs.send(new CreateLogGroupCommand({ logGroupName })).catch(isThere)
    if (!made.has(logGroupName + logStreamName)) await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch(isThere)
    made.add(logGroupName).add(logGroupName + logStreamName)
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [{ timestamp: at.getTime(), message }] }))
  }
  return { ...stage, write }
}

const ago = (ms: number) => new Date(Date.now() - ms)
const line = (event: string, at: Date) => `${at.toISOString()} [INFO] (Copier) fleetwright.led: stdout. {"time":"${at.toISOString()}","level":"warn","source":"led","event":"${event}","frequencyHz":5}. {scriptName=services.fleetwright.led.lifecycle.run.Script, serviceName=fleetwright.led, currentState=RUNNING}`

test('all sources of one device in the order of time, also over midnight; other devices are not shown', async () => {
  const stage = await stageWithLogs()
  await stage.write(SYSTEM, 'aaaa0001', ago(30 * 3600_000), 'older')
  await stage.write(LED, 'aaaa0001', ago(2000), line('blinking', ago(2000)))
  await stage.write(SYSTEM, 'aaaa0001', ago(1000), 'the nucleus \u001b[31mspeaks')
  await stage.write(LED, 'bbbb0001', ago(500), 'of another')
  const { out, code } = await stage.fleet(['logs', 'aaaa0001', '--since', '2d'])
  expect(code).toBe(0)
  expect(out.trim().split('\n').map((each) => each.replace(/^\S+ /, ''))).toEqual(['system older', 'led warn: blinking frequencyHz=5', 'system the nucleus \\u001b[31mspeaks'])
  expect((await stage.fleet(['logs', 'aaaa0001', 'led', '--json'])).out.trim().split('\n').map((each) => (JSON.parse(each) as { source: string }).source)).toEqual(['led'])
  expect((await stage.fleet(['logs', 'aaaa0001', '--since', '10m'])).out).not.toContain('older')
})

test('nothing there is no error: it says where to look', async () => {
  const stage = await stageWithLogs()
  expect(await stage.fleet(['logs', 'aaaa0001', 'button'])).toMatchObject({ code: 0, out: '', err: expect.stringContaining('has uploaded no logs of button') })
  expect(await stage.fleet(['logs', 'aaaa0001', '--since', 'yesterday'])).toMatchObject({ code: 2, err: expect.stringContaining('a time such as 90s') })
})

test('--follow shows each line once, as it comes, until Ctrl-C', async () => {
  const stage = await stageWithLogs()
  await stage.write(LED, 'aaaa0001', ago(1000), 'first')
  let rounds = 0
  stage.proxy.after = async (call) => {
    if (!stage.proxy.calls[call - 1]?.endsWith('FilterLogEvents')) return
    if (++rounds === 1) await stage.write(LED, 'aaaa0001', ago(0), 'second')
    if (rounds === 4) running.kill('SIGINT')
  }
  const running = stage.start(['logs', 'aaaa0001', 'led', '--follow'])
  const { out, code } = await running.ended
  expect(code).toBe(0)
  expect(out.trim().split('\n').map((each) => each.split(' ').at(-1))).toEqual(['first', 'second'])
})
