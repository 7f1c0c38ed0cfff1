// sandbox/src/cloud/cloud-control/types/inline-code.ts: a function's code given as text becomes the package that CloudFormation makes of it.
import { strToU8, zipSync } from 'fflate'
import { AwsError } from '../../aws-error.ts'

/** CloudFormation reference, AWS::Lambda::Function Code, ZipFile: 4 MB of text. */
const MAX_BYTES = 4 * 1024 * 1024

/** One CommonJS file in a zip, always with the same bytes: equal code is an equal package. @throws AwsError InvalidRequest */
export function inlinePackage(text: string): Uint8Array {
  const bytes = strToU8(text)
  if (bytes.byteLength > MAX_BYTES) throw new AwsError('InvalidParameterValueException', `Inline code has ${bytes.byteLength} bytes, more than ${MAX_BYTES}; put it into S3.`)
  return zipSync({ 'index.js': bytes }, { mtime: '1980-01-01T00:00:00' })
}
