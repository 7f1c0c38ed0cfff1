// sandbox/src/site/nucleus/credentials/credentials.test.ts: components get the device's role credentials from the local endpoint.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { eventually } from '../testing.ts'
import { testFleet, withRole, type TestFleet } from '../testing-fleet.ts'

const TELLS_ITS_ENVIRONMENT = 'echo "$AWS_CONTAINER_CREDENTIALS_FULL_URI" > uri; echo "$AWS_CONTAINER_AUTHORIZATION_TOKEN" > token; sleep 100'
const recipe: JsonObject = {
  Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: TELLS_ITS_ENVIRONMENT } }],
  ComponentDependencies: { 'aws.greengrass.TokenExchangeService': { VersionRequirement: '>=2.0.0', DependencyType: 'HARD' } },
}

/** A component that runs beside the token exchange service. */
async function served(fleet: TestFleet) {
  await fleet.publish('app', '1.0.0', recipe)
  const core = await fleet.core()
  const nucleus = await core.start()
  await fleet.deploy({ app: { componentVersion: '1.0.0' } })
  await eventually(() => nucleus.state('app')).toBe('RUNNING')
  const said = (name: string) => readFileSync(join(core.root, 'work/app', name), 'utf8').trim()
  await eventually(() => said('token')).toMatch(/^[A-Z0-9]{16}$/)
  const ask = (token = said('token'), method = 'GET') => fetch(said('uri'), { method, headers: { authorization: token } })
  return { ask, said, core }
}

test('who has a token gets credentials that are good, and the same ones again', async () => {
  const fleet = await testFleet()
  await withRole(fleet)
  const { ask, said } = await served(fleet)
  expect(said('uri')).toMatch(/^http:\/\/localhost:\d+\/2016-11-01\/credentialprovider\/$/)
  const first = await (await ask()).text()
  const credentials = JSON.parse(first) as Record<string, string>
  expect(Object.keys(credentials).sort()).toEqual(['AccessKeyId', 'Expiration', 'SecretAccessKey', 'Token'])
  expect(new Date(credentials['Expiration'] ?? '').getTime()).toBeGreaterThan(Date.now() + 600_000)
  expect(await (await ask()).text()).toBe(first)
})

test.each<[string, string | undefined, string, number]>([
  ['no token of a component', 'NO-TOKEN', 'GET', 403],
  ['another method', undefined, 'POST', 405],
])('%s is refused', async (_case, token, method, status) => {
  const fleet = await testFleet()
  await withRole(fleet)
  const { ask } = await served(fleet)
  expect((await ask(token, method)).status).toBe(status)
})

test('a refusal of the cloud is told, and kept for a while', async () => {
  const fleet = await testFleet()
  const { ask, core } = await served(fleet) // there is no role alias yet
  expect((await ask()).status).toBe(404)
  await withRole(fleet)
  expect((await ask()).status).toBe(404) // two minutes long
  expect(core.log('greengrass')).toContain('Caching response')
})
