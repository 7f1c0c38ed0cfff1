// infra/src/admission/allowlist-source.ts: the current allowlist from S3: asked for on every use, sent again only when it changed.
import { parseAllowlist, type Allowlist } from '@fleet/contract/allowlist'
import { FleetError } from '@fleet/contract/errors'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'

export interface AllowlistLocation {
  readonly bucket: string
  readonly key: string
}

/**
 * Reads the allowlist as it is now: a conditional request by ETag (RFC 9110 §13.1.2), so a removed line counts at once and a million
 * unchanged ones are parsed once. Never answers from memory when S3 does not confirm it.
 * @throws FleetError ALLOWLIST_UNREADABLE, ALLOWLIST_MALFORMED
 */
export function allowlistSource(s3: Pick<S3Client, 'send'>, { bucket, key }: AllowlistLocation): () => Promise<Allowlist> {
  let known: { readonly etag: string; readonly allowlist: Allowlist } | undefined
  return async () => {
    const condition = known && { IfNoneMatch: known.etag }
    try {
      const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...condition }))
      const allowlist = parseAllowlist((await Body?.transformToString('utf-8')) ?? '')
      known = ETag === undefined ? undefined : { etag: ETag, allowlist }
      return allowlist
    } catch (cause) {
      if (known && isNotModified(cause)) return known.allowlist
      if (cause instanceof FleetError) throw cause
      throw new FleetError('ALLOWLIST_UNREADABLE', `cannot read s3://${bucket}/${key}`, REMEDY, { cause })
    }
  }
}

const REMEDY = 'Run `fleet allowlist apply`; if the object is there, grant the hook role s3:GetObject on this key.'

/** The SDK reports 304 as an error, since the reply has no body to decode. Every error of its clients has `$metadata` (@smithy/types MetadataBearer). */
function isNotModified(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) return false
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode === 304
}
