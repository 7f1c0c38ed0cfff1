// sandbox/src/cloud/greengrass/component-operations.ts: the operations on components and their versions.
import { stringify } from 'yaml'
import type { Account } from '../account.ts'
import type { OperationsOf } from '../service.ts'
import { componentArn, publicAccount, readComponentArn } from './component-arn.ts'
import type { ComponentVersion, ComponentVersions } from './component-versions.ts'
import { conflict, invalid, notFound } from './greengrass-error.ts'
import { pageOf } from './pages.ts'
import type { Requests } from './requests.ts'

export interface ComponentOptions {
  readonly account: Account
  readonly components: ComponentVersions
  readonly requests: Requests
}

export function componentOperations({ account, components, requests }: ComponentOptions): OperationsOf<typeof import('@aws-sdk/client-greengrassv2')> {
  const summary = ({ arn, recipe }: ComponentVersion) => ({ arn, componentName: recipe.ComponentName, componentVersion: recipe.ComponentVersion })
  return {
    CreateComponentVersion({ inlineRecipe, lambdaFunction, tags = {}, clientToken }) {
      if (lambdaFunction) throw invalid('Not offered by the sandbox: components from Lambda functions (lambdaFunction).', ['lambdaFunction'])
      if (!inlineRecipe) throw invalid('inlineRecipe is required.', ['inlineRecipe'])
      const version = requests.once(clientToken, 'CreateComponentVersion', () => components.create(inlineRecipe, tags))
      return { ...summary(version), creationTimestamp: version.createdAt, status: { componentState: 'REQUESTED', message: 'NONE', errors: {} } }
    },
    DescribeComponent({ arn }) {
      const version = components.byArn(arn)
      return {
        ...summary(version),
        ...described(version),
        status: { componentState: 'DEPLOYABLE', message: 'NONE', errors: {}, vendorGuidance: 'ACTIVE' },
        tags: version.tags,
      }
    },
    GetComponent({ arn, recipeOutputFormat = 'JSON' }) {
      const { recipe, tags } = components.byArn(arn)
      return { recipeOutputFormat, recipe: Buffer.from(recipeOutputFormat === 'YAML' ? stringify(recipe) : JSON.stringify(recipe)), tags }
    },
    ListComponents({ scope = 'PRIVATE', maxResults, nextToken }) {
      const owner = scope === 'PUBLIC' ? publicAccount(account) : account
      const { page, ...token } = pageOf(components.latest(scope), ({ recipe }) => recipe.ComponentName, { maxResults, nextToken })
      return {
        components: page.map((version) => ({
          arn: componentArn(owner, version.recipe.ComponentName),
          componentName: version.recipe.ComponentName,
          latestVersion: { arn: version.arn, componentVersion: version.recipe.ComponentVersion, ...described(version) },
        })),
        ...token,
      }
    },
    ListComponentVersions({ arn, maxResults, nextToken }) {
      const parts = readComponentArn(arn, account)
      if (!parts || parts.version !== undefined) throw invalid(`'${arn ?? ''}' is not the ARN of a component.`, ['arn'])
      const versions = components.versionsOf(parts.name)
      if (versions.length === 0) throw notFound('component', arn ?? '')
      const ranked = versions.map((version, rank) => ({ version, key: String(rank).padStart(9, '0') })) // newest first
      const { page, ...token } = pageOf(ranked, ({ key }) => key, { maxResults, nextToken })
      return { componentVersions: page.map(({ version }) => summary(version)), ...token }
    },
    DeleteComponent({ arn }) {
      const version = components.byArn(arn)
      if (readComponentArn(arn, account)?.isPublic) throw conflict('component version', arn ?? '', 'A component that AWS provides cannot be deleted.')
      components.delete(version)
      return {}
    },
  }
}

const described = ({ recipe, createdAt }: ComponentVersion) => ({
  creationTimestamp: createdAt,
  ...(recipe.ComponentPublisher ? { publisher: recipe.ComponentPublisher } : {}), // both have at least one character in the model
  ...(recipe.ComponentDescription ? { description: recipe.ComponentDescription } : {}),
  platforms: recipe.Manifests.flatMap(({ Name, Platform }) => (Platform ? [{ ...(Name === undefined ? {} : { name: Name }), attributes: Platform }] : [])),
})
