// sandbox/src/cloud/iot-core/registry/policy-document.ts: tells whether a text is an IoT policy.
import { AwsError } from '../../aws-error.ts'
import { compile } from '../../iam/policy-evaluation.ts'
import { readPolicyDocument, type PolicyDocument } from '../../iam/policy-document.ts'

/** API reference, CreatePolicy: characters, not counting white space. */
const LONGEST = 2048

/** @throws AwsError MalformedPolicyException */
export function checkPolicyDocument(text: string): void {
  const length = text.replace(/\s/g, '').length
  if (length > LONGEST) throw malformed(`the policy has ${length} characters without white space, more than ${LONGEST}`)
  const resources = read(text).statements.flatMap(({ resource }) => resource?.values ?? [])
  // a policy variable may stand for anything, also for the beginning
  const invalid = resources.filter((resource) => resource !== '*' && !/^(arn:|\$\{)/.test(resource))
  if (invalid.length > 0) throw malformed(`The following resources are invalid : ${invalid.join(', ')}`)
}

function read(text: string): PolicyDocument {
  try {
    compile(text) // also what the broker will do with it
    return readPolicyDocument(text, 'identity')
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'Invalid policy syntax.', cause)
  }
}

const malformed = (why: string, cause?: unknown) => new AwsError('MalformedPolicyException', `Policy document is Malformed: ${why}`, cause === undefined ? {} : { cause })
