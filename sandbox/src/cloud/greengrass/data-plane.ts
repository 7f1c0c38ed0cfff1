// sandbox/src/cloud/greengrass/data-plane.ts: what core devices ask for themselves, by mutual TLS and held to their AWS IoT policies.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { DeviceIdentities } from '../iot-core/policy/device-identity.ts'
import type { ClientIdentity, IotAction } from '../iot-core/policy/identity.ts'
import type { CloudLog } from '../log.ts'
import type { DeviceRegistry } from '../ports.ts'
import { type SignedDownloads, wholeContent } from '../signed-downloads.ts'
import type { HttpAnswer, HttpRequest, HttpRoute } from '../wire/http-route.ts'
import { componentArn, coreDeviceArn, deploymentArn } from './component-arn.ts'
import type { ComponentVersions } from './component-versions.ts'
import { deploymentDocument } from './deployment-document.ts'
import { type Deployment, type Deployments, targetOf } from './deployments.ts'
import { invalid, notFound } from './greengrass-error.ts'
import { pageOf } from './pages.ts'
import { resolveCandidate } from './resolve-candidates.ts'

export interface DataPlaneOptions {
  readonly account: Account
  readonly log: CloudLog
  readonly registry: DeviceRegistry
  readonly identities: DeviceIdentities
  readonly components: ComponentVersions
  readonly deployments: Deployments
  readonly downloads: SignedDownloads
}

/** A device, once its certificate was found to be ACTIVE. */
interface Asking {
  readonly request: HttpRequest
  /** The path's variable parts, decoded. */
  readonly parts: readonly string[]
  /** @throws AwsError AccessDeniedException */
  readonly demand: (action: IotAction, resource: string) => void
}

type Answered = object | Promise<object>

const DOCUMENT = { kind: 'greengrass-deployment', seconds: 3600 } as const

export function dataPlaneRoute(options: DataPlaneOptions): HttpRoute {
  const { account, deployments, downloads, identities, log } = options
  downloads.register(DOCUMENT.kind, (deploymentId) => wholeContent(documentOf(deployments.get(deploymentId), account)))
  const routes: readonly (readonly [method: string, path: RegExp, run: (asking: Asking) => Answered])[] = [
    ['GET', /^\/greengrass\/v2\/coreDevices\/([^/]+)\/thingGroups$/, (asking) => listThingGroups(asking, options)],
    ['POST', /^\/greengrass\/v2\/resolveComponentCandidates$/, (asking) => resolveComponentCandidates(asking, options)],
    ['GET', /^\/greengrass\/v2\/coreDevices\/([^/]+)\/deployments\/([^/]+)\/configuration$/, (asking) => getDeploymentConfiguration(asking, options)],
    ['GET', /^\/greengrass\/v2\/components\/([^/]+)\/artifacts\/(.+)$/, (asking) => getComponentVersionArtifact(asking, options)],
  ]
  return {
    prefix: '/greengrass/',
    async handle(request) {
      const route = routes.find(([method, path]) => method === request.method && path.test(request.path))
      try {
        if (!route && !request.clientCertificate) throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 }) // it was meant for the control plane, and not signed
        if (!route) throw new AwsError('UnknownOperationException', `${request.method} ${request.path} is not offered by the sandbox.`, { status: 404 })
        const identity = identify(request, identities)
        const parts = (route[1].exec(request.path) ?? []).slice(1).map(decodeURIComponent)
        const demand = (action: IotAction, resource: string) => {
          if (!identity.permits(action, resource, { sourceIp: request.clientAddress })) throw new AwsError('AccessDeniedException', `The certificate's policies do not allow ${action} on ${resource}.`, { status: 403 })
        }
        return answer(200, await route[2]({ request, parts, demand }))
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        log.info('core device refused', { method: request.method, path: request.path, certificateId: request.clientCertificate?.certificateId, code: error.code, why: error.message })
        return answer(error.status ?? STATUS[error.code] ?? 400, { message: error.message, ...error.members }, { 'x-amzn-errortype': error.code })
      }
    },
  }
}

const STATUS: Readonly<Record<string, number>> = { ResourceNotFoundException: 404, AccessDeniedException: 403 }

const answer = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): HttpAnswer => ({ status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

function identify({ clientCertificate }: HttpRequest, identities: DeviceIdentities): ClientIdentity {
  const identity = clientCertificate && identities.of(clientCertificate.certificateId)
  const refusal = identity ? identity.refusedBecause() : 'no client certificate was shown'
  if (!identity || refusal !== undefined) throw new AwsError('AccessDeniedException', `Forbidden: ${refusal ?? ''}`, { status: 403 })
  return identity
}

function listThingGroups({ request, parts: [thingName = ''], demand }: Asking, { account, registry }: DataPlaneOptions): object {
  demand('greengrass:ListThingGroupsForCoreDevice', coreDeviceArn(account, thingName))
  const named = (group: string) => ({ thingGroupName: group, thingGroupArn: arn('iot', account, `thinggroup/${group}`) })
  const { page, nextToken = null } = pageOf(registry.groupsOf(thingName), (group) => group, { nextToken: request.query.get('nextToken') ?? undefined })
  return { thingGroups: page.map((group) => ({ ...named(group), rootToParentThingGroups: registry.ancestorsOf(group).toReversed().map(named) })), nextToken }
}

const ResolveRequest = z.object({
  platform: z.object({ attributes: z.record(z.string(), z.string()).default({}) }).default({ attributes: {} }),
  componentCandidates: z.array(z.object({ componentName: z.string(), componentVersion: z.string().nullish(), versionRequirements: z.record(z.string(), z.string()).default({}) })).min(1),
})

async function resolveComponentCandidates({ request, demand }: Asking, { account, components }: DataPlaneOptions): Promise<object> {
  const { platform, componentCandidates } = await readJson(request, ResolveRequest)
  const resolvedComponentVersions = componentCandidates.map((candidate) => {
    const resolved = resolveCandidate(candidate, platform.attributes, components.versionsOf(candidate.componentName))
    if (!('version' in resolved)) {
      demand('greengrass:ResolveComponentCandidates', `${componentArn(account, candidate.componentName)}:versions:*`)
      throw new AwsError('ResourceNotFoundException', resolved.message, { members: { resourceType: 'component', resourceId: candidate.componentName } })
    }
    const { arn: versionArn, recipe } = resolved.version
    demand('greengrass:ResolveComponentCandidates', versionArn)
    return {
      arn: versionArn,
      componentName: recipe.ComponentName,
      componentVersion: recipe.ComponentVersion,
      recipe: Buffer.from(JSON.stringify(recipe)).toString('base64'),
      vendorGuidance: 'ACTIVE',
      message: null,
    }
  })
  return { resolvedComponentVersions }
}

async function readJson<T>({ body }: HttpRequest, schema: z.ZodType<T>): Promise<T> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer) // a request's body gives nothing else
  let json: unknown
  try {
    json = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw invalid('The request body is not JSON.')
  }
  const checked = schema.safeParse(json)
  if (checked.success) return checked.data
  throw invalid(checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
}

function getDeploymentConfiguration({ request, parts: [thingName = '', deploymentId = ''], demand }: Asking, { account, deployments, downloads }: DataPlaneOptions): object {
  demand('greengrass:GetDeploymentConfiguration', deploymentArn(account, deploymentId))
  const deployment = deployments.get(deploymentId)
  const { kind, name } = targetOf(deployment, account)
  if (kind === 'thing' && name !== thingName) throw notFound('deployment', deploymentId)
  const digest = createHash('sha256').update(documentOf(deployment, account)).digest('base64')
  return { preSignedUrl: downloads.url(request.origin, { ...DOCUMENT, key: deploymentId }), integrityCheck: { algorithm: 'SHA-256', digest } }
}

const documentOf = (deployment: Deployment, account: Account): Uint8Array => Buffer.from(JSON.stringify(deploymentDocument({ ...deployment, target: targetOf(deployment, account) }, account)))

/** Only public and Lambda components have artifacts that are fetched this way, and those that are offered have none. */
function getComponentVersionArtifact({ parts: [versionArn = '', name = ''], demand }: Asking, { components }: DataPlaneOptions): object {
  demand('greengrass:GetComponentVersionArtifact', versionArn)
  components.byArn(versionArn)
  throw new AwsError('ResourceNotFoundException', `The component ${versionArn} has no artifact ${name} that is kept by Greengrass.`, { members: { resourceType: 'artifact', resourceId: name } })
}
