// e2e/outsiders/bad-input/downloads.ts: components that cannot be had: unknown ones, denied downloads, artifacts that were changed.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, matches } from '../aws-cli-and-boto3/aws-command.ts'
import { CORE_ROLE, type Stage } from './core-device.ts'

const RESOLVE = '/greengrass/v2/resolveComponentCandidates'

export async function downloadsAreHeld({ trial, core, cli }: Stage): Promise<void> {
  const artifact = join(trial.folder, 'artifact.txt')
  const fetched = join(trial.folder, 'fetched.txt')
  const digestOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('base64')
  const candidate = (version: string) => JSON.stringify({ platform: { attributes: { os: 'linux' } }, componentCandidates: [{ componentName: 'com.example.fetched', versionRequirements: { root: version } }] })
  writeFileSync(artifact, 'as it was released')

  await trial.check('a component whose artifact is there is resolved, with its digest', async () => {
    await cli.aws('s3 mb s3://artifacts')
    await cli.aws(`s3 cp ${artifact} s3://artifacts/a.txt`)
    const recipe = join(trial.folder, 'recipe.json')
    writeFileSync(recipe, JSON.stringify({ RecipeFormatVersion: '2020-01-25', ComponentName: 'com.example.fetched', ComponentVersion: '1.0.0', Manifests: [{ Lifecycle: { run: 'true' }, Artifacts: [{ Uri: 's3://artifacts/a.txt' }] }] }))
    await cli.aws(`greengrassv2 create-component-version --inline-recipe fileb://${recipe}`)
    const { status, body } = await core.ask(RESOLVE, candidate('1.0.0'))
    equal(status, 200)
    matches(recipeIn(body), new RegExp(digestOf(artifact).replaceAll('+', '\\+')))
    trial.judged('Greengrass data plane', 'ResolveComponentCandidates')
  })
  await trial.check('an unknown version and an unknown path are refused', async () => {
    const unknown = await core.ask(RESOLVE, candidate('9.0.0'))
    equal(`${unknown.status} ${unknown.errorType ?? ''}`, '404 ResourceNotFoundException')
    const malformed = await core.ask(RESOLVE, '{"componentCandidates": "none"}')
    equal(`${malformed.status} ${malformed.errorType ?? ''}`, '400 ValidationException')
    equal((await core.ask('/greengrass/v2/nothing')).status, 404)
    equal((await core.ask(RESOLVE, candidate('1.0.0'))).status, 200)
    trial.judged('Greengrass data plane', 'unknown components are refused')
  })
  await trial.check('a download that the role does not allow is denied, until it does', async () => {
    const credentials = await core.roleCredentials()
    matches(await cli.fails(`s3 cp s3://artifacts/a.txt ${fetched}`, credentials), /403|AccessDenied|Forbidden/)
    await cli.aws(`iam put-role-policy --role-name ${CORE_ROLE} --policy-name fetches --policy-document`, JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::artifacts/*' }] }))
    await cli.as(credentials, `s3 cp s3://artifacts/a.txt ${fetched}`)
    equal(digestOf(fetched), digestOf(artifact))
    trial.judged('Greengrass data plane', 'artifacts by the role of the alias')
  })
  await trial.check('an artifact that was changed after its release no longer fits its digest', async () => {
    writeFileSync(artifact, 'as somebody changed it')
    await cli.aws(`s3 cp ${artifact} s3://artifacts/a.txt`)
    await cli.as(await core.roleCredentials(), `s3 cp s3://artifacts/a.txt ${fetched}`)
    const { body } = await core.ask(RESOLVE, candidate('1.0.0'))
    equal(recipeIn(body).includes(digestOf(fetched)), false)
    trial.judged('Greengrass data plane', 'digests are of what was released')
  })
}

function recipeIn(body: string): string {
  const { resolvedComponentVersions } = JSON.parse(body) as { resolvedComponentVersions: readonly { recipe: string }[] } // API reference, ResolveComponentCandidates
  return Buffer.from(resolvedComponentVersions[0]?.recipe ?? '', 'base64').toString()
}
