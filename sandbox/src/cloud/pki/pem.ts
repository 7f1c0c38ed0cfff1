// sandbox/src/cloud/pki/pem.ts: the textual encoding of keys and certificates (RFC 7468).

/** The octets of the first block with this label, or undefined. */
export function pemBody(text: string, label: string): Uint8Array | undefined {
  const body = new RegExp(`-----BEGIN ${label}-----\\s+([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(text)?.[1]
  if (body === undefined) return undefined
  const bytes = Buffer.from(body, 'base64')
  return bytes.length === 0 ? undefined : bytes
}

/** One block, 64 characters a line, with a line feed at the end. */
export function pemBlock(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString('base64').replace(/.{64}(?!$)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}
