// sandbox/src/cloud/lambda/function-name.ts: the ways in which a caller may name a function.
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'

/** API reference, «Invoke», FunctionName: name, partial ARN (`123456789012:function:name`) or ARN, each with an optional qualifier. */
const FUNCTION_NAME =
  /^(?:(?:arn:aws[a-zA-Z-]*:lambda:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_]{1,64})(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/

export const functionArn = (account: Account, name: string) => arn('lambda', account, `function:${name}`)

/** @returns the bare name, checked to be of this account and region, and of the one version that there is */
export function bareFunctionName(given: string | undefined, account: Account, qualifier?: string): string {
  const parts = FUNCTION_NAME.exec(given ?? '')?.groups
  const name = parts?.['name']
  if (!name) throw malformed(given)
  const elsewhere = (parts['account'] ?? account.accountId) !== account.accountId || (parts['region'] ?? account.region) !== account.region
  if (elsewhere) throw notFound(`Function not found: ${given ?? ''}`)
  const version = parts['qualifier'] ?? qualifier ?? LATEST
  if (version !== LATEST) throw notFound(`Function not found: ${functionArn(account, name)}:${version}`)
  return name
}

/** Versions and aliases are not offered: every function has this one. */
export const LATEST = '$LATEST'

export const functionNotFound = (account: Account, name: string) => notFound(`Function not found: ${functionArn(account, name)}`)

const notFound = (message: string) => new AwsError('ResourceNotFoundException', message, { members: { Type: 'User' } })

const malformed = (given: string | undefined) =>
  new AwsError(
    'InvalidParameterValueException',
    `1 validation error detected: Value '${given ?? ''}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${FUNCTION_NAME.source}`,
    {
      members: { Type: 'User' },
    },
  )
