// sandbox/src/cloud/lambda/function-policy.ts: a function's resource policy: who may invoke it besides those whose own policies allow it.
import { randomUUID } from 'node:crypto'
import type { AddPermissionRequest } from '@aws-sdk/client-lambda'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { matching, notLongerThan, violations } from '../constraint.ts'
import type { OperationsOf } from '../service.ts'
import type { Store } from '../store/store.ts'
import { bareFunctionName, functionArn } from './function-name.ts'
import type { Functions } from './function-record.ts'
import { invalid } from './function-settings.ts'

type Lambda = OperationsOf<typeof import('@aws-sdk/client-lambda')>

interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal: '*' | { readonly Service: string } | { readonly AWS: string }
  readonly Action: string
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

interface FunctionPolicy {
  readonly revisionId: string
  readonly statements: readonly Statement[]
}

const MAX_POLICY_BYTES = 20_480

export interface FunctionPolicies {
  readonly operations: Lambda
  /** JSON text of the function's policy; a function without one lets no service in. */
  documentOf(functionName: string): string | undefined
}

export function functionPolicies({ account, store, functions }: { account: Account; store: Store; functions: Functions }): FunctionPolicies {
  const policies = store.table<FunctionPolicy>('lambda_policies')
  const named = (input: { readonly FunctionName?: string | undefined; readonly Qualifier?: string | undefined }) =>
    functions.get(bareFunctionName(input.FunctionName, account, input.Qualifier)).name
  const keep = (name: string, statements: readonly Statement[]) => {
    if (Buffer.byteLength(printed(statements)) > MAX_POLICY_BYTES)
      throw new AwsError('PolicyLengthExceededException', `The final policy size is bigger than the limit (${MAX_POLICY_BYTES}).`, { members: { Type: 'User' } })
    if (statements.length === 0) policies.delete(name)
    else policies.put(name, { revisionId: randomUUID(), statements })
  }
  return {
    documentOf(name) {
      const policy = policies.get(name)
      return policy && printed(policy.statements)
    },
    operations: {
      AddPermission(input) {
        const name = named(input)
        const before = policies.get(name)
        requireRevision(before, input.RevisionId)
        const statement = statementOf(input, functionArn(account, name))
        const { statements = [] } = before ?? {}
        if (statements.some(({ Sid }) => Sid === statement.Sid))
          throw new AwsError(
            'ResourceConflictException',
            `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
            { members: { Type: 'User' } },
          )
        keep(name, [...statements, statement])
        return { Statement: JSON.stringify(statement) }
      },
      RemovePermission(input) {
        const name = named(input)
        const before = policies.get(name)
        if (!before) throw notFound('No policy is associated with the given resource.')
        requireRevision(before, input.RevisionId)
        const rest = before.statements.filter(({ Sid }) => Sid !== input.StatementId)
        if (rest.length === before.statements.length) throw notFound(`Statement ${input.StatementId ?? ''} is not found in resource policy.`)
        keep(name, rest)
        return {}
      },
      GetPolicy(input) {
        const policy = policies.get(named(input))
        if (!policy) throw notFound('The resource you requested does not exist.')
        return { Policy: printed(policy.statements), RevisionId: policy.revisionId }
      },
    },
  }
}

const printed = (statements: readonly Statement[]) => JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements })

const notFound = (message: string) => new AwsError('ResourceNotFoundException', message, { members: { Type: 'User' } })

function requireRevision(policy: FunctionPolicy | undefined, expected: string | undefined): void {
  if (expected === undefined || expected === policy?.revisionId) return
  throw new AwsError('PreconditionFailedException', 'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id', {
    members: { Type: 'User' },
  })
}

function statementOf(input: AddPermissionRequest, resource: string): Statement {
  const message = violations(
    ['statementId', input.StatementId, matching(/^[a-zA-Z0-9-_.]+$/), notLongerThan(100)],
    ['action', input.Action, matching(/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/)],
    ['principal', input.Principal, matching(/^[^\s]+$/)],
    ['sourceArn', input.SourceArn, matching(/^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-[a-z]+)+-\d)?:(\d{12})?:(.*)$/)],
    ['sourceAccount', input.SourceAccount, matching(/^\d{12}$/)],
  )
  if (message) throw new AwsError('ValidationException', message, { status: 400 })
  const { StatementId, Action, Principal } = input
  if (!StatementId || !Action || !Principal) throw invalid('StatementId, Action and Principal are required.')
  if (input.EventSourceToken ?? input.FunctionUrlAuthType ?? input.PrincipalOrgID)
    throw invalid('Not offered by the sandbox: EventSourceToken, FunctionUrlAuthType, PrincipalOrgID.')
  const condition = {
    ...(input.SourceAccount ? { StringEquals: { 'AWS:SourceAccount': input.SourceAccount } } : {}),
    ...(input.SourceArn ? { ArnLike: { 'AWS:SourceArn': input.SourceArn } } : {}),
  }
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: principalOf(Principal),
    Action,
    Resource: resource,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  }
}

function principalOf(given: string): Statement['Principal'] {
  if (given === '*') return '*'
  if (/^\d{12}$/.test(given)) return { AWS: `arn:aws:iam::${given}:root` }
  if (given.startsWith('arn:')) return { AWS: given }
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(given)) return { Service: given }
  throw invalid(`The provided principal was invalid. Please check the principal and try again.`)
}
