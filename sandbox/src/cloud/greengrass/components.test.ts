// sandbox/src/cloud/greengrass/components.test.ts: components and their versions by the SDK's client.
import { createHash } from 'node:crypto'
import {
  CreateComponentVersionCommand,
  DeleteComponentCommand,
  DescribeComponentCommand,
  GetComponentCommand,
  ListComponentsCommand,
  ListComponentVersionsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
} from '@aws-sdk/client-greengrassv2'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { greengrassBench } from './testing.ts'

const NAME = 'fleetwright.led'
const ARN = `arn:aws:greengrass:eu-central-1:000000000000:components:${NAME}`
const recipe = (version: string, change: object = {}) => ({
  RecipeFormatVersion: '2020-01-25',
  ComponentName: NAME,
  ComponentVersion: version,
  ComponentPublisher: 'Fleetwright',
  ComponentDependencies: { 'aws.greengrass.TokenExchangeService': { VersionRequirement: '^2.0.0' } },
  Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run: 'docker run x' }, Artifacts: [{ URI: 'docker:127.0.0.1:4566/fleet-dev/led@sha256:0' }] }],
  ...change,
})
const create = (value: object) => new CreateComponentVersionCommand({ inlineRecipe: Buffer.from(JSON.stringify(value)) })

test('a version is made once and stays as it is', async () => {
  const { client } = await greengrassBench()
  const created = await client.send(create(recipe('1.0.0')))
  expect(created).toMatchObject({ arn: `${ARN}:versions:1.0.0`, componentName: NAME, componentVersion: '1.0.0', status: { componentState: 'REQUESTED' } })
  await expect(client.send(create(recipe('1.0.0', { ComponentDescription: 'other' })))).rejects.toMatchObject({
    name: 'ConflictException',
    message: `Component [${NAME} : 1.0.0] for account [000000000000] already exists with state: [DEPLOYABLE]`,
    resourceType: 'component version',
  })
  expect(await client.send(new DescribeComponentCommand({ arn: created.arn }))).toMatchObject({ status: { componentState: 'DEPLOYABLE' }, publisher: 'Fleetwright', platforms: [{ attributes: { os: 'linux' } }] })
})

test('a request that is sent again with its token makes nothing new', async () => {
  const { client } = await greengrassBench()
  const command = () => new CreateComponentVersionCommand({ inlineRecipe: Buffer.from(JSON.stringify(recipe('1.0.0'))), clientToken: 'once' })
  expect((await client.send(command())).creationTimestamp).toEqual((await client.send(command())).creationTimestamp)
})

test('YAML in any case of names is taken, JSON with all that a core needs is given', async () => {
  const { client, objects } = await greengrassBench()
  objects.set('bucket/a/b.zip', Buffer.from('zip'))
  const yaml = stringify({ recipeformatversion: '2020-01-25', componentname: NAME, componentversion: '1.0.0', manifests: [{ lifecycle: { Run: 'x' }, artifacts: [{ uri: 's3://bucket/a/b.zip', unarchive: 'zip', digest: 'wrong' }] }] })
  const { arn } = await client.send(new CreateComponentVersionCommand({ inlineRecipe: Buffer.from(yaml) }))
  const { recipe: bytes = new Uint8Array() } = await client.send(new GetComponentCommand({ arn }))
  expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toEqual({
    RecipeFormatVersion: '2020-01-25',
    ComponentName: NAME,
    ComponentVersion: '1.0.0',
    ComponentType: 'aws.greengrass.generic',
    Manifests: [
      {
        Lifecycle: { Run: 'x' },
        Artifacts: [{ Uri: 's3://bucket/a/b.zip', Unarchive: 'ZIP', Permission: { Read: 'OWNER', Execute: 'NONE' }, Digest: createHash('sha256').update('zip').digest('base64'), Algorithm: 'SHA-256' }],
      },
    ],
  })
  const { recipe: asYaml = new Uint8Array() } = await client.send(new GetComponentCommand({ arn, recipeOutputFormat: 'YAML' }))
  expect(Buffer.from(asYaml).toString('utf8')).toContain('ComponentName: fleetwright.led')
})

test.each<[string, object | string, RegExp]>([
  ['no recipe at all', '{', /neither JSON nor YAML/],
  ['an unknown property', recipe('1.0.0', { Maifests: [] }), /Maifests/],
  ['no semantic version', recipe('1.0'), /ComponentVersion: is no semantic version/],
  ['a bad dependency range', recipe('1.0.0', { ComponentDependencies: { x: { VersionRequirement: 'newest' } } }), /VersionRequirement: is no version range/],
  ['another format', recipe('1.0.0', { RecipeFormatVersion: '2021-01-01' }), /RecipeFormatVersion/],
  ['a bad name', recipe('1.0.0', { ComponentName: 'a b' }), /ComponentName/],
  ['an artifact from the web', recipe('1.0.0', { Manifests: [{ Artifacts: [{ Uri: 'https://example.com/x' }] }] }), /artifact URI/],
  ['an artifact that is not there', recipe('1.0.0', { Manifests: [{ Artifacts: [{ Uri: 's3://bucket/absent' }] }] }), /Encountered following errors in Artifacts: \{s3:\/\/bucket\/absent = Specified artifact resource cannot be accessed\}/],
  ['too much of a recipe', recipe('1.0.0', { ComponentDescription: 'x'.repeat(17_000) }), /more than 16384/],
])('%s is refused', async (_case, value, message) => {
  const { client } = await greengrassBench()
  const inlineRecipe = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  await expect(client.send(new CreateComponentVersionCommand({ inlineRecipe }))).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringMatching(message), reason: 'FIELD_VALIDATION_FAILED' })
})

test('a recipe without a manifest gets one, because a core refuses one without', async () => {
  const { client } = await greengrassBench()
  const { arn } = await client.send(create(recipe('1.0.0', { Manifests: undefined, Lifecycle: { run: 'x' } })))
  const { recipe: bytes = new Uint8Array() } = await client.send(new GetComponentCommand({ arn }))
  expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toMatchObject({ Manifests: [{ Artifacts: [] }], Lifecycle: { run: 'x' } })
})

test('lists show the newest of each, and all versions from the newest on', async () => {
  const { client } = await greengrassBench()
  for (const version of ['1.9.0', '1.10.0', '1.10.0-rc.1']) await client.send(create(recipe(version)))
  const { components } = await client.send(new ListComponentsCommand({}))
  expect(components).toMatchObject([{ arn: ARN, componentName: NAME, latestVersion: { componentVersion: '1.10.0', arn: `${ARN}:versions:1.10.0` } }])
  const first = await client.send(new ListComponentVersionsCommand({ arn: ARN, maxResults: 2 }))
  const second = await client.send(new ListComponentVersionsCommand({ arn: ARN, maxResults: 2, nextToken: first.nextToken }))
  expect([first, second].flatMap(({ componentVersions = [] }) => componentVersions.map(({ componentVersion }) => componentVersion))).toEqual(['1.10.0', '1.10.0-rc.1', '1.9.0'])
  await client.send(new DeleteComponentCommand({ arn: `${ARN}:versions:1.10.0` }))
  expect((await client.send(new ListComponentsCommand({}))).components?.[0]?.latestVersion?.componentVersion).toBe('1.10.0-rc.1')
  await expect(client.send(new DescribeComponentCommand({ arn: `${ARN}:versions:1.10.0` }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('AWS\'s own components are there for all to see and for nobody to delete', async () => {
  const { client } = await greengrassBench()
  const { components = [] } = await client.send(new ListComponentsCommand({ scope: 'PUBLIC' }))
  expect(components.map(({ componentName }) => componentName)).toEqual(['aws.greengrass.DockerApplicationManager', 'aws.greengrass.LogManager', 'aws.greengrass.Nucleus', 'aws.greengrass.TokenExchangeService'])
  const arn = components[0]?.latestVersion?.arn
  expect(arn).toMatch(/^arn:aws:greengrass:eu-central-1:aws:components:aws\.greengrass\.DockerApplicationManager:versions:/)
  const { recipe: bytes = new Uint8Array() } = await client.send(new GetComponentCommand({ arn }))
  expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toMatchObject({ ComponentType: 'aws.greengrass.generic', Manifests: [{ Artifacts: [] }] })
  await expect(client.send(new DeleteComponentCommand({ arn }))).rejects.toMatchObject({ name: 'ConflictException' })
})

test('tags', async () => {
  const { client } = await greengrassBench()
  const { arn } = await client.send(create(recipe('1.0.0')))
  await client.send(new TagResourceCommand({ resourceArn: arn, tags: { stage: 'dev' } }))
  expect((await client.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual({ stage: 'dev' })
})
