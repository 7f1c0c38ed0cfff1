// ops/src/allowlist/apply.test.ts: when a run goes on after a failure, and when it stops.
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { FleetError, type ErrorCode } from '@fleet/contract/errors'
import { expect, test } from 'vitest'
import { applyChanges, type ApplyOptions, type Outcome } from './apply.ts'
import type { Change } from './plan.ts'

const config = { region: 'eu-central-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' } }
const changes: Change[] = Array.from({ length: 30 }, (_, i) => ({ action: 'suspend', serial: `dev-${i}`, why: '', isActive: true }))

/** Every call fails, as `code` says. */
function failingWith(code: ErrorCode) {
  const reported: Outcome[] = []
  const options: ApplyOptions = {
    ...{ iot: new IoTClient(config), iotData: new IoTDataPlaneClient(config), greengrass: new GreengrassV2Client(config), devicePolicy: 'd', thingGroup: 'g' },
    pace: async () => Promise.reject(new Error('refused')),
    now: () => new Date(0),
    certificateArn: (id) => id,
    sleep: async () => {},
    signal: new AbortController().signal,
    explain: (cause) => new FleetError(code, 'x', 'y', { cause }),
    report: (outcome) => void reported.push(outcome),
  }
  return { options, reported }
}

test('a device that fails does not stop the others', async () => {
  const { options, reported } = failingWith('DEVICE_NOT_OF_FLEET')
  expect(await applyChanges(changes, options)).toHaveLength(30)
  expect(reported).toHaveLength(30)
})

test.each<ErrorCode>(['CREDENTIALS_EXPIRED', 'ENDPOINT_UNREACHABLE'])('after %s nothing more is tried', async (code) => {
  const { options, reported } = failingWith(code)
  await expect(applyChanges(changes, options)).rejects.toMatchObject({ code })
  expect(reported).toEqual([])
})

test('Ctrl-C begins no further device', async () => {
  const { options, reported } = failingWith('DEVICE_NOT_OF_FLEET')
  const ending = new AbortController()
  ending.abort(new FleetError('INTERRUPTED', 'x', 'y'))
  await expect(applyChanges(changes, { ...options, signal: ending.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' })
  expect(reported).toEqual([])
})
