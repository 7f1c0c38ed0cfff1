// sandbox/src/site/nucleus/cloud/data-plane.ts: the Greengrass data plane (API reference, AWS IoT Greengrass V2 data), asked with the device's certificate.
import { isJsonObject, objectsOf, parseJson, textOf, type JsonObject, type JsonValue } from '../json.ts'
import { jittered, pause } from '../timing.ts'
import { NetworkError, send, type HttpAccess, type HttpResponse } from './https.ts'
import { isPassingStatus } from './retry.ts'

export interface DataPlane {
  /** Names of the groups of the device and of the groups above them. */
  readonly thingGroups: () => Promise<ReadonlySet<string>>
  readonly resolve: (question: ResolveQuestion) => Promise<ResolvedComponent>
  readonly artifactUrl: (componentArn: string, artifact: string) => Promise<string>
  readonly deploymentConfiguration: (deploymentId: string) => Promise<{ readonly url: string; readonly sha256: string }>
}

export interface ResolveQuestion {
  readonly platform: Readonly<Record<string, string>>
  readonly componentName: string
  /** Of a version that is here and would do. */
  readonly localVersion: string | undefined
  readonly requirements: Readonly<Record<string, string>>
}

export interface ResolvedComponent {
  readonly arn: string
  readonly name: string
  readonly version: string
  readonly recipe: JsonObject
  readonly vendorGuidance: string
}

/** The data plane answered with an error. */
export class DataPlaneError extends Error {
  override readonly name = 'GreengrassV2DataException'
  readonly status: number
  readonly type: string
  /** The cloud's own words, without ours around them. */
  readonly said: string

  constructor({ status, type, said, requestId }: { status: number; type: string; said: string; requestId: string }) {
    super(`${said} (Service: GreengrassV2Data, Status Code: ${status}, Request ID: ${requestId})`)
    this.status = status
    this.type = type
    this.said = said
  }
}

export interface DataPlaneOptions {
  readonly access: HttpAccess
  readonly url: () => string
  readonly thingName: () => string
  readonly s3EndpointType: () => string
}

const MOST_TRIES = 3 // of the AWS SDK, before the nucleus's own
const FIRST_WAIT_MS = 100

export function openDataPlane({ access, url, thingName, s3EndpointType }: DataPlaneOptions): DataPlane {
  const ask = (method: 'GET' | 'POST', path: string, body?: JsonObject) => asking(access, { method, url: new URL(path, url()), ...(body && { body: JSON.stringify(body) }) })
  const thing = () => encodeURIComponent(thingName())
  const endpointType = () => `?s3EndpointType=${s3EndpointType()}`
  return {
    async thingGroups() {
      const names = new Set<string>()
      for (let nextToken: JsonValue | undefined = ''; typeof nextToken === 'string'; ) {
        const page: JsonObject = await ask('GET', `/greengrass/v2/coreDevices/${thing()}/thingGroups${nextToken === '' ? '' : `?nextToken=${encodeURIComponent(nextToken)}`}`)
        for (const group of objectsOf(page.thingGroups)) for (const each of [group, ...objectsOf(group.rootToParentThingGroups)]) names.add(textOf(each.thingGroupName))
        nextToken = page.nextToken
      }
      return names
    },
    async resolve({ platform, componentName, localVersion, requirements: versionRequirements }) {
      const candidate = { componentName, ...(localVersion !== undefined && { componentVersion: localVersion }), versionRequirements }
      const answer = await ask('POST', '/greengrass/v2/resolveComponentCandidates', { platform: { attributes: platform }, componentCandidates: [candidate] })
      const [resolved, ...others] = objectsOf(answer.resolvedComponentVersions)
      if (resolved === undefined || others.length > 0) throw new BadResponse('Component service returns invalid response. It should have one resolved component version')
      return resolvedComponent(resolved)
    },
    async artifactUrl(componentArn, artifact) {
      const { preSignedUrl } = await ask('GET', `/greengrass/v2/components/${encodeURIComponent(componentArn)}/artifacts/${encodeURIComponent(artifact)}${endpointType()}`)
      return textOf(preSignedUrl)
    },
    async deploymentConfiguration(deploymentId) {
      const { preSignedUrl, integrityCheck } = await ask('GET', `/greengrass/v2/coreDevices/${thing()}/deployments/${encodeURIComponent(deploymentId)}/configuration${endpointType()}`)
      return { url: textOf(preSignedUrl), sha256: isJsonObject(integrityCheck) ? textOf(integrityCheck.digest) : '' }
    },
  }
}

export class BadResponse extends Error {}

async function asking(access: HttpAccess, request: Parameters<typeof send>[1]): Promise<JsonObject> {
  const headers = { accept: '*/*', ...(request.body !== undefined && { 'content-type': 'application/json' }) }
  for (let attempt = 1; ; attempt++) {
    try {
      return await answerOf(await send(access, { ...request, headers }))
    } catch (error) {
      const isPassing = error instanceof NetworkError || (error instanceof DataPlaneError && isPassingStatus(error.status))
      if (!isPassing || attempt >= MOST_TRIES) throw error
      await pause(jittered(FIRST_WAIT_MS * 2 ** attempt), access.signal)
    }
  }
}

async function answerOf(response: HttpResponse): Promise<JsonObject> {
  const text = await response.text().catch((cause: unknown) => Promise.reject(new NetworkError('Unable to read the response', { cause })))
  const body = parseJson(text)
  const object = isJsonObject(body) ? body : {}
  if (response.status >= 200 && response.status < 300) return object
  const type = (response.headers['x-amzn-errortype'] ?? textOf(object.__type)).split(':')[0] ?? ''
  throw new DataPlaneError({ status: response.status, type, said: textOf(object.message ?? object.Message), requestId: response.headers['x-amzn-requestid'] ?? 'null' })
}

function resolvedComponent({ arn, componentName, componentVersion, recipe, vendorGuidance }: JsonObject): ResolvedComponent {
  const parsed = parseJson(Buffer.from(textOf(recipe), 'base64').toString('utf8'))
  if (!isJsonObject(parsed)) throw new BadResponse('Failed to parse recipe file content to contract model')
  return { arn: textOf(arn), name: textOf(componentName), version: textOf(componentVersion), recipe: parsed, vendorGuidance: textOf(vendorGuidance) }
}
