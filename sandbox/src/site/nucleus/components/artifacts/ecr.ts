// sandbox/src/site/nucleus/components/artifacts/ecr.ts: the password of a private ECR registry, by the device's role.
import { NetworkError, send, type HttpAccess } from '../../cloud/https.ts'
import { isPassingStatus } from '../../cloud/retry.ts'
import { signed } from '../../cloud/signed-request.ts'
import type { DeviceCredentials } from '../../credentials/device-credentials.ts'
import { DeploymentError } from '../../deployments/deployment-error.ts'
import { isJsonObject, numberOf, objectsOf, parseJson, textOf } from '../../json.ts'
import { PassingStatus } from './artifact-source.ts'

export interface RegistryPassword {
  readonly username: string
  readonly password: string
  readonly expiresAt: Date
}

export interface EcrOptions {
  readonly access: HttpAccess
  readonly credentials: DeviceCredentials
  readonly environment: Readonly<Record<string, string>>
  readonly now: () => Date
}

/** @throws DeploymentError for a refusal, NetworkError or PassingStatus for what may pass */
export async function registryPassword({ access, credentials, environment, now }: EcrOptions, registryId: string, region: string): Promise<RegistryPassword> {
  const endpoint = environment.AWS_ENDPOINT_URL_ECR ?? environment.AWS_ENDPOINT_URL
  const url = new URL(endpoint === undefined || endpoint === '' ? `https://api.ecr.${region}.amazonaws.com/` : endpoint)
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken' }
  const request = { method: 'POST' as const, url, headers, body: JSON.stringify({ registryIds: [registryId] }) }
  const response = await send(access, signed(request, await credentials.credentials(), { service: 'ecr', region, at: now() }))
  const text = await response.text()
  if (isPassingStatus(response.status)) throw new PassingStatus(`ECR answers ${response.status}: ${text}`)
  const parsed = parseJson(text)
  const data = isJsonObject(parsed) ? objectsOf(parsed.authorizationData)[0] : undefined
  if (response.status !== 200 || data === undefined) throw refused(registryId, text)
  const [username, password] = Buffer.from(textOf(data.authorizationToken), 'base64').toString('utf8').split(':')
  if (username === undefined || password === undefined) throw refused(registryId, 'the token cannot be read')
  return { username, password, expiresAt: new Date(numberOf(data.expiresAt, 0) * 1000) }
}

const refused = (registryId: string, text: string) =>
  new DeploymentError(`Failed to get credentials for ECR registry - ${registryId}`, { codes: ['ARTIFACT_DOWNLOAD_ERROR', 'DOCKER_ERROR', 'GET_ECR_CREDENTIAL_ERROR'], cause: new Error(text) })

export const isOffline = (error: unknown): boolean => error instanceof NetworkError || error instanceof PassingStatus
