// sandbox/src/cloud/lambda/code-package.ts: takes a function's zip package in, and unpacks it where its environments can load it.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { AwsError } from '../aws-error.ts'
import { invalid } from './function-settings.ts'
import type { FunctionCode } from './function-record.ts'

/** Lambda quotas, «Deployment package»: 50 MB zipped in a request, 250 MB unzipped. */
const MAX_ZIPPED_BYTES = 52_428_800
const MAX_UNZIPPED_BYTES = 262_144_000

/** @throws AwsError when it is no zip, too large or would write outside its folder */
export function checkedPackage(zip: Uint8Array): FunctionCode {
  if (zip.byteLength > MAX_ZIPPED_BYTES) throw new AwsError('RequestEntityTooLargeException', `Request must be smaller than ${MAX_ZIPPED_BYTES} bytes for the CreateFunction operation`, { status: 413 })
  let unzippedBytes = 0
  readZip(zip, ({ name, originalSize }) => {
    unzippedBytes += originalSize
    if (name.startsWith('/') || name.split(/[\\/]/).includes('..')) throw invalid(`The package holds a file outside of it: ${name}`)
    return false
  })
  if (unzippedBytes > MAX_UNZIPPED_BYTES) throw invalid(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`)
  return { sha256: createHash('sha256').update(zip).digest('base64'), sizeBytes: zip.byteLength }
}

/** Unpacks once per package: `<folder>/<sha256, hex>` is there wholly or not at all. */
export function unpacked(folder: string, { sha256 }: FunctionCode, zip: () => Uint8Array): string {
  const target = join(folder, Buffer.from(sha256, 'base64').toString('hex'))
  if (existsSync(target)) return target
  const draft = `${target}.${randomUUID()}`
  mkdirSync(draft, { recursive: true })
  for (const [name, bytes] of Object.entries(readZip(zip()))) {
    if (name.endsWith('/')) continue
    mkdirSync(dirname(join(draft, name)), { recursive: true })
    writeFileSync(join(draft, name), bytes)
  }
  if (existsSync(target)) rmSync(draft, { recursive: true })
  else renameSync(draft, target)
  return target
}

function readZip(zip: Uint8Array, filter?: (file: { name: string; originalSize: number }) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(zip, filter ? { filter } : {})
  } catch (cause) {
    if (cause instanceof AwsError) throw cause
    throw new AwsError('InvalidParameterValueException', 'Could not unzip uploaded file. Please check your file, then try to upload again.', { members: { Type: 'User' }, cause })
  }
}
