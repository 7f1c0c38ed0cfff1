// sandbox/src/site/nucleus/components/artifacts/greengrass-source.ts: an artifact that Greengrass keeps itself: `greengrass:<name>`, by a URL that it signs.
import { DataPlaneError } from '../../cloud/data-plane.ts'
import { send, type HttpResponse } from '../../cloud/https.ts'
import { isPassingStatus } from '../../cloud/retry.ts'
import { DeploymentError } from '../../deployments/deployment-error.ts'
import type { ErrorCode } from '../../deployments/error-code.ts'
import { PassingStatus, patiently, type ArtifactSource, type SourceOptions } from './artifact-source.ts'

export function greengrassSource(uri: string, componentArn: string, saying: string, options: SourceOptions): ArtifactSource {
  const name = uri.slice(uri.indexOf(':') + 1)
  let knownSize: number | undefined
  const fail = (what: string, ...codes: ErrorCode[]) => new DeploymentError(`${saying}${what}`, { codes: ['ARTIFACT_DOWNLOAD_ERROR', ...codes] })

  async function signedUrl(): Promise<URL> {
    try {
      return new URL(await patiently(options, 'GetComponentVersionArtifact', () => options.dataPlane.artifactUrl(componentArn, name)))
    } catch (cause) {
      options.signal.throwIfAborted()
      const isDenied = cause instanceof DataPlaneError && cause.status === 403
      const what = isDenied ? 'Access denied when calling GetComponentVersionArtifact. Ensure certificate policy grants greengrass:GetComponentVersionArtifact' : "Failed to call GetComponentVersionArtifact and get component artifact's pre-signed url"
      throw new DeploymentError(`${saying}${what}`, { codes: ['ARTIFACT_DOWNLOAD_ERROR'], cause, ...(isDenied && { causeMeans: 'GET_COMPONENT_VERSION_ARTIFACT_ACCESS_DENIED' }) })
    }
  }
  async function get(url: URL, headers: Readonly<Record<string, string>>): Promise<HttpResponse> {
    const response = await send(options.downloads, { method: 'GET', url, headers })
    if (isPassingStatus(response.status)) {
      response.discard()
      throw new PassingStatus(`Failed to download artifact with retryable error, error code: ${response.status}`)
    }
    return response
  }
  return {
    fileName: name.split('/').at(-1) ?? name,
    async size() {
      knownSize ??= await patiently(options, 'get-artifact-size', async () => {
        const response = await get(await signedUrl(), {})
        response.discard() // only its length is of interest
        if (response.status !== 200) throw fail(`Failed to get download size. HTTP response: ${response.status}`, 'GET_GREENGRASS_ARTIFACT_SIZE_ERROR', 'HTTP_REQUEST_ERROR')
        const length = Number(response.headers['content-length'] ?? NaN)
        if (Number.isNaN(length)) throw fail('Failed to get download size', 'GREENGRASS_ARTIFACT_SIZE_NOT_FOUND')
        return length
      })
      return knownSize
    },
    read: ({ from, to }) =>
      patiently(options, 'download-artifact', async () => {
        const response = await get(await signedUrl(), { range: `bytes=${from}-${to}` })
        if (response.status === 206 || (response.status === 200 && from === 0)) return response.body
        response.discard()
        throw fail(`Unable to download Greengrass artifact. HTTP Error: ${response.status}`, 'DOWNLOAD_GREENGRASS_ARTIFACT_ERROR', 'HTTP_REQUEST_ERROR')
      }),
  }
}
