// sandbox/src/site/nucleus/nucleus.test.ts: the nucleus against the whole cloud of the sandbox.
import { expect, test } from 'vitest'
import { testFleet } from './testing-fleet.ts'
import { eventually } from './testing.ts'

test('a deployment to its group runs on the core, which tells so', async () => {
  const fleet = await testFleet()
  await fleet.publish('com.example.Hello', '1.0.0', {
    ComponentConfiguration: { DefaultConfiguration: { word: 'hello' } },
    Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: 'echo "{configuration:/word} from {iot:thingName}"; sleep 100' } }],
  })
  const core = await fleet.core()
  const nucleus = await core.start()
  const deployment = await fleet.deploy({ 'com.example.Hello': { componentVersion: '1.0.0', configurationUpdate: { merge: '{"word":"good day"}' } } })
  await eventually(() => core.execution(deployment)).toEqual({ status: 'SUCCEEDED', details: { 'detailed-deployment-status': 'SUCCESSFUL' } })
  expect(nucleus.state('com.example.Hello')).toBe('RUNNING')
  await eventually(() => core.log('com.example.Hello')).toContain('good day from core-1')
})
