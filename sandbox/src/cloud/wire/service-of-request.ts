// sandbox/src/cloud/wire/service-of-request.ts: which AWS service a request is for.
import type { HttpRequest } from './http-route.ts'
import type { ModelDefinition, ProtocolName } from './model.ts'
import { isTarget } from './json-rpc.ts'
import { signatureIn } from './signed-request.ts'

export type Asked =
  | { readonly kind: 'model'; readonly name: string }
  /** A service that the table of models does not have; `protocol` is what its client most likely reads. */
  | { readonly kind: 'unknown'; readonly service: string; readonly protocol: ProtocolName }

type Head = Pick<HttpRequest, 'method' | 'path' | 'rawQuery' | 'query' | 'headers' | 'clientCertificate'>

/** X-Amz-Target, then the credential scope, then the form's version, then a device's path, then the host; S3 is what remains. */
export function serviceOfRequest(definitions: Readonly<Record<string, ModelDefinition>>, head: Head, form: () => URLSearchParams): Asked {
  const target = head.headers['x-amz-target']
  if (target !== undefined) {
    const found = Object.entries(definitions).find(([, definition]) => isTarget(definition, target))
    return found ? { kind: 'model', name: found[0] } : { kind: 'unknown', service: target.split('.')[0] ?? target, protocol: 'json-1.1' }
  }
  const signingName = signingNameOf(head)
  if (signingName !== undefined) return bySigningName(definitions, signingName, head)
  return byVersion(definitions, head, form) ?? byDevice(head) ?? byHost(definitions, head.headers['host'] ?? '') ?? { kind: 'model', name: 's3' }
}

function signingNameOf(head: Head): string | undefined {
  const signature = signatureIn(head)
  if (signature.kind === 'v4' || signature.kind === 'malformed') return signature.scope?.service
  return signature.kind === 'v2-presigned' ? 's3' : undefined
}

function bySigningName(definitions: Readonly<Record<string, ModelDefinition>>, signingName: string, head: Head): Asked {
  const found = Object.entries(definitions).find(([, { signingNames }]) => signingNames.includes(signingName))
  return found ? { kind: 'model', name: found[0] } : { kind: 'unknown', service: signingName, protocol: isForm(head) ? 'query' : 'rest-json' }
}

const isForm = ({ headers }: Head) => headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true

/** Unsigned query requests (AssumeRoleWithWebIdentity) tell their service by the version of its API. */
function byVersion(definitions: Readonly<Record<string, ModelDefinition>>, head: Head, form: () => URLSearchParams): Asked | undefined {
  const parameters = isForm(head) && head.method === 'POST' ? form() : head.query
  const version = parameters.get('Version')
  if (version === null || !parameters.has('Action')) return undefined
  const found = Object.entries(definitions).find(([, definition]) => definition.version === version)
  return found ? { kind: 'model', name: found[0] } : { kind: 'unknown', service: `version ${version}`, protocol: 'query' }
}

/** A device speaks to its data planes by mutual TLS, unsigned (IoT guide, «Device communication protocols»). */
function byDevice({ clientCertificate, path }: Head): Asked | undefined {
  if (!clientCertificate) return undefined
  if (/^\/things\/[^/]+\/jobs(\/|$)/.test(path)) return { kind: 'model', name: 'iot-jobs-data-plane' }
  if (/^\/(topics|things|retainedMessage|api)\b/.test(path)) return { kind: 'model', name: 'iot-data-plane' }
  return path.startsWith('/greengrass/') ? { kind: 'model', name: 'greengrassv2' } : undefined
}

/** `iot.localhost`, `sts.eu-central-1.amazonaws.com` */
function byHost(definitions: Readonly<Record<string, ModelDefinition>>, host: string): Asked | undefined {
  const [first = ''] = host.toLowerCase().split(/[.:]/)
  const found = Object.entries(definitions).find(([, { signingNames }]) => signingNames.includes(first))
  return found && { kind: 'model', name: found[0] }
}
