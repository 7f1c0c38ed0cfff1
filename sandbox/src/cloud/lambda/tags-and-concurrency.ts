// sandbox/src/cloud/lambda/tags-and-concurrency.ts: what can be set on a function beside its configuration.
import type { Account } from '../account.ts'
import { atLeast, violations } from '../constraint.ts'
import { AwsError } from '../aws-error.ts'
import type { OperationsOf } from '../service.ts'
import { bareFunctionName } from './function-name.ts'
import type { Functions } from './function-record.ts'
import { invalid } from './function-settings.ts'

/** Lambda quotas: of 1,000 concurrent executions 100 must stay unreserved. */
const MAX_RESERVABLE = 900
const MAX_TAGS = 50

export function tagAndConcurrencyOperations({ account, functions }: { account: Account; functions: Functions }): OperationsOf<typeof import('@aws-sdk/client-lambda')> {
  const named = (name: string | undefined) => functions.get(bareFunctionName(name, account))
  return {
    PutFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: reserved }) {
      const record = named(FunctionName)
      const message = violations(['reservedConcurrentExecutions', reserved, atLeast(0)])
      if (message || reserved === undefined) throw new AwsError('ValidationException', message ?? 'ReservedConcurrentExecutions is required', { status: 400 })
      const others = functions.records.all().reduce((sum, [name, { reservedConcurrency = 0 }]) => sum + (name === record.name ? 0 : reservedConcurrency), 0)
      if (others + reserved > MAX_RESERVABLE) throw invalid(`Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].`)
      functions.records.put(record.name, { ...record, reservedConcurrency: reserved })
      return { ReservedConcurrentExecutions: reserved }
    },
    GetFunctionConcurrency({ FunctionName }) {
      const { reservedConcurrency } = named(FunctionName)
      return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency }
    },
    DeleteFunctionConcurrency({ FunctionName }) {
      const { reservedConcurrency: _, ...record } = named(FunctionName)
      functions.records.put(record.name, record)
      return {}
    },
    ListTags: ({ Resource }) => ({ Tags: named(Resource).tags }),
    TagResource({ Resource, Tags }) {
      const record = named(Resource)
      const tags = { ...record.tags, ...Tags }
      if (Object.keys(tags).length > MAX_TAGS) throw invalid(`A function has at most ${MAX_TAGS} tags.`)
      functions.records.put(record.name, { ...record, tags })
      return {}
    },
    UntagResource({ Resource, TagKeys = [] }) {
      const record = named(Resource)
      const tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !TagKeys.includes(key)))
      functions.records.put(record.name, { ...record, tags })
      return {}
    },
  }
}
