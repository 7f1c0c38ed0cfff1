// sandbox/src/cloud/wire/s3-addressing.ts: which bucket and key an S3 request means: by path, or by virtual host.

export interface S3Address {
  readonly bucket: string | undefined
  /** Decoded. */
  readonly key: string | undefined
}

/** @throws URIError when the path is not properly percent-encoded */
export function s3Address(host: string, path: string): S3Address {
  const bucket = bucketInHost(host)
  const rest = path.replace(/^\//, '')
  if (bucket !== undefined) return { bucket, key: decodedKey(rest) }
  if (rest === '') return { bucket: undefined, key: undefined }
  const slash = rest.indexOf('/')
  return slash < 0 ? { bucket: decodeURIComponent(rest), key: undefined } : { bucket: decodeURIComponent(rest.slice(0, slash)), key: decodedKey(rest.slice(slash + 1)) }
}

const decodedKey = (raw: string) => (raw === '' ? undefined : decodeURIComponent(raw))

/**
 * `bucket.s3.localhost:4566`, `bucket.s3.eu-central-1.amazonaws.com`, and `bucket.localhost:4566`, which the JavaScript SDK
 * makes of the endpoint `http://localhost:4566`.
 */
function bucketInHost(host: string): string | undefined {
  const labels = host.toLowerCase().replace(/:\d+$/, '').split('.')
  const isLocal = labels.length > 1 && labels.at(-1) === 'localhost'
  if (!isLocal && !(labels.at(-2) === 'amazonaws' && labels.at(-1) === 'com')) return undefined
  const service = labels.findLastIndex((label) => label === 's3' || label.startsWith('s3-'))
  const bucket = labels.slice(0, service >= 0 ? service : isLocal ? -1 : 0).join('.')
  return bucket === '' ? undefined : bucket
}
