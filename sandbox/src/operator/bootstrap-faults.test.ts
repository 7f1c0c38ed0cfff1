// sandbox/src/operator/bootstrap-faults.test.ts: a bootstrap that ends before any of its changes, from an empty account on: the next makes what is missing, and nothing twice.
import { IAMClient, ListOpenIDConnectProvidersCommand, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam'
import { ListCertificatesCommand } from '@aws-sdk/client-iot'
import { KMSClient, ListAliasesCommand, ListKeysCommand } from '@aws-sdk/client-kms'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { bootstrap, type Bootstrapped } from '@fleet/ops/bootstrap/bootstrap'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, openTestStage, type TestStage } from './testing.ts'

const REPOSITORY = 'acme/fleet'
const run = (stage: TestStage) => bootstrap(stage.target, { repository: REPOSITORY })

/** What changes nothing, by its verb or by the name of its operation; all else could leave something half made. */
const isRead = (call: string) => /^(GET|HEAD) |POST \S*(Get|List|Describe)\w*$|^POST \/attached-policies/.test(call)

/** Its client hears nothing any more from its n-th change on; neither does the cloud. */
async function cutOffBefore(change: number, stage: TestStage): Promise<boolean> {
  let [changes, wasCut] = [0, false]
  stage.proxy.before = () => {
    if (wasCut || (!isRead(stage.proxy.calls.at(-1) ?? '') && ++changes === change)) {
      wasCut = true
      throw new Error('its client was killed')
    }
  }
  await run(stage).catch((error: unknown) => {
    if (!wasCut) throw error
  })
  stage.proxy.before = () => {}
  return wasCut
}

/** How many there are of what bootstrap makes one of, or two. */
async function madeIn({ cloud, iot, s3 }: TestStage) {
  const config = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }
  const [iam, kms] = [new IAMClient(config), new KMSClient(config)]
  return {
    buckets: (await s3.send(new ListBucketsCommand({}))).Buckets?.length,
    keys: (await kms.send(new ListKeysCommand({}))).Keys?.length,
    aliases: (await kms.send(new ListAliasesCommand({}))).Aliases?.length,
    claims: (await iot.send(new ListCertificatesCommand({}))).certificates?.length,
    boundaries: (await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies?.length,
    providers: (await iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList?.length,
    roles: (await iam.send(new ListRolesCommand({}))).Roles?.length,
  }
}

const outcomes = ({ stateBucket, secretsKey, boundary, claim, github }: Bootstrapped) => [stateBucket.outcome, secretsKey.outcome, boundary, claim.outcome, github?.provider, ...(github?.roles.map(({ outcome }) => outcome) ?? [])]

test('cut off before any of its changes, with a repository too, the next run makes the rest, and the one after that nothing', async () => {
  let at = 1
  for (let wasCut = true; wasCut; at++) {
    const stage = await openTestStage()
    wasCut = await cutOffBefore(at, stage)
    await run(stage)
    expect(await madeIn(stage)).toEqual({ buckets: 1, keys: 1, aliases: 1, claims: 1, boundaries: 1, providers: 1, roles: 2 })
    expect(outcomes(await run(stage))).toEqual(Array(7).fill('kept'))
  }
  expect(at).toBeGreaterThan(15) // bucket and its settings, key and alias, boundary, claim, provider, roles
})
