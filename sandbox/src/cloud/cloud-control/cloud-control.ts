// sandbox/src/cloud/cloud-control/cloud-control.ts: Cloud Control: one API for all resource types, as aws-native and `aws cloudcontrol` use it.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Call, OperationsOf, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { pageOfList } from '../wire/paging.ts'
import { awsClients, type Perform } from './aws-clients.ts'
import { asException, handlerFailure } from './handler-error.ts'
import { printIdentifier, readIdentifier } from './identifier.ts'
import { checkedModel, validation } from './model-check.ts'
import { patched, refuseFixed, shown } from './patch.ts'
import { resourceRequests } from './resource-requests.ts'
import type { AnyResourceType, Handling, Identifier } from './resource-type.ts'
import { RESOURCE_TYPES } from './types.ts'

export interface CloudControlOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly perform: Perform
  readonly types?: readonly AnyResourceType[]
}

type CloudControl = OperationsOf<typeof import('@aws-sdk/client-cloudcontrol')>
type Model = Record<string, unknown>

/** API reference, ListResources and ListResourceRequests. */
const USUAL = 20
const MOST = 100

export function cloudControlService({ account, store, clock, perform, types = RESOURCE_TYPES }: CloudControlOptions): Service {
  const byName = new Map(types.map((type) => [type.typeName, type]))
  const requests = resourceRequests(store, clock)
  const typeOf = (typeName: string | undefined): AnyResourceType => {
    const type = byName.get(typeName ?? '')
    if (!type) throw new AwsError('TypeNotFoundException', `The type '${typeName ?? ''}' cannot be found. The sandbox offers: ${[...byName.keys()].sort().join(', ')}.`)
    return type
  }
  const handling = (type: AnyResourceType, call: Call): Handling => ({
    ...awsClients(perform, call),
    account,
    generatedName: () => `${type.typeName.split('::').at(-1) ?? ''}-${randomBytes(6).toString('hex')}`,
  })
  /** Reads, and tells a failure as the API does that must answer at once. */
  const read = async (type: AnyResourceType, identifier: Identifier, call: Call): Promise<Model> => {
    try {
      return shown(type, without(await type.read(identifier, handling(type, call))))
    } catch (error) {
      throw asException(type.typeName, handlerFailure(error, 'READ'), randomUUID())
    }
  }
  const pageOf = <T>(
    list: readonly T[],
    keyOf: (item: T) => string,
    { MaxResults, NextToken }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  ) => {
    const { items, nextToken } = pageOfList(list, {
      keyOf,
      token: NextToken,
      size: { asked: MaxResults, usual: USUAL, most: MOST },
      invalid: () => validation('Invalid NextToken'),
    })
    return { items, ...(nextToken === undefined ? {} : { NextToken: nextToken }) }
  }

  const operations: CloudControl = {
    async CreateResource({ TypeName, DesiredState = '', ClientToken }, call) {
      const type = typeOf(TypeName)
      const asked = parsed(DesiredState)
      const given = type.readOnly.find((name) => name in asked)
      if (given !== undefined) throw validation(`Model validation failed (Encountered unsupported property ${given}: it is read-only)`)
      const model = checkedModel(type, asked)
      const request = { typeName: type.typeName, operation: 'CREATE' as const, identifier: undefined, asked: DesiredState }
      return { ProgressEvent: await requests.run(request, ClientToken, async () => createdNew(type, model, handling(type, call))) }
    },
    async GetResource({ TypeName, Identifier }, call) {
      const type = typeOf(TypeName)
      const identifier = readIdentifier(type, Identifier)
      return { TypeName: type.typeName, ResourceDescription: { Identifier: printIdentifier(identifier), Properties: JSON.stringify(await read(type, identifier, call)) } }
    },
    async UpdateResource({ TypeName, Identifier, PatchDocument = '', ClientToken }, call) {
      const type = typeOf(TypeName)
      const { update } = type
      if (!update) throw new AwsError('UnsupportedActionException', `Resource type ${type.typeName} does not support UPDATE action`)
      const identifier = readIdentifier(type, Identifier)
      const before = await read(type, identifier, call)
      const after = without(patched(before, PatchDocument) as Model)
      refuseFixed(type, before, after)
      const checked = checkedModel(type, after)
      const request = { typeName: type.typeName, operation: 'UPDATE' as const, identifier: printIdentifier(identifier), asked: PatchDocument }
      const work = async () => {
        await update(identifier, { before, after: checked } as never, handling(type, call)) // both checked against this type's schema
        return printIdentifier(identifier)
      }
      return { ProgressEvent: await requests.run(request, ClientToken, work) }
    },
    async DeleteResource({ TypeName, Identifier, ClientToken }, call) {
      const type = typeOf(TypeName)
      const identifier = readIdentifier(type, Identifier)
      const request = { typeName: type.typeName, operation: 'DELETE' as const, identifier: printIdentifier(identifier), asked: '' }
      const work = async () => {
        await type.read(identifier, handling(type, call)) // many services delete what is not there without a word; a handler must not
        await type.delete(identifier, handling(type, call))
        return printIdentifier(identifier)
      }
      return { ProgressEvent: await requests.run(request, ClientToken, work) }
    },
    async ListResources({ TypeName, ResourceModel, MaxResults, NextToken }, call) {
      const type = typeOf(TypeName)
      const filter = ResourceModel === undefined ? {} : parsed(ResourceModel)
      const identifiers = await type.list(handling(type, call), filter as never).catch((error: unknown) => {
        throw asException(type.typeName, handlerFailure(error, 'LIST'), randomUUID())
      })
      const { items, ...token } = pageOf(identifiers, printIdentifier, { MaxResults, NextToken })
      const described = (identifier: Identifier) => ({
        Identifier: printIdentifier(identifier),
        Properties: JSON.stringify(Object.fromEntries(type.identifier.map((name, i) => [name, identifier[i]]))),
      })
      return { TypeName: type.typeName, ResourceDescriptions: items.map(described), ...token }
    },
    GetResourceRequestStatus: ({ RequestToken }) => ({ ProgressEvent: requests.get(RequestToken) }),
    ListResourceRequests({ ResourceRequestStatusFilter: filter, MaxResults, NextToken }) {
      const wanted = requests
        .all()
        .filter(
          (event) =>
            (!filter?.Operations || filter.Operations.includes(event.Operation ?? 'CREATE')) &&
            (!filter?.OperationStatuses || filter.OperationStatuses.includes(event.OperationStatus ?? 'FAILED')),
        )
      const { items, ...token } = pageOf(wanted, ({ EventTime, RequestToken }) => `${EventTime?.toISOString() ?? ''} ${RequestToken ?? ''}`, { MaxResults, NextToken })
      return { ResourceRequestStatusSummaries: [...items], ...token }
    },
    CancelResourceRequest({ RequestToken }) {
      const event = requests.get(RequestToken)
      throw validation(`The request ${event.RequestToken ?? ''} is ${event.OperationStatus ?? ''}; only a request that waits can be canceled, and none does in the sandbox.`)
    },
  }
  return { model: 'cloudcontrol', operations } // IAM: each operation is `cloudformation:<Operation>` on `*`, and the handlers' calls are asked for beside it
}

/** Some services take it as done when they are asked to make again what is there; a create handler must not (CloudFormation resource type contract). */
async function createdNew(type: AnyResourceType, model: Model, handling: Handling): Promise<string> {
  const given = type.identifier.flatMap((name) => (typeof model[name] === 'string' ? [model[name]] : []))
  if (given.length === type.identifier.length && (await isThere(type, given, handling))) throw new AwsError('ResourceAlreadyExistsException', `Resource of type '${type.typeName}' with identifier '${printIdentifier(given)}' already exists.`)
  return printIdentifier(await type.create(model as never, handling)) // checked against this type's schema
}

/** Whoever may not look at it hears of it from the create itself. */
const isThere = (type: AnyResourceType, identifier: Identifier, handling: Handling): Promise<boolean> =>
  type.read(identifier, handling).then(
    () => true,
    () => false,
  )

function parsed(text: string): Model {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw validation('Malformed DesiredState: it is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw validation('Malformed DesiredState: it is not a JSON object')
  return value as Model
}

/** JSON knows no undefined: what a handler leaves open is not there. */
const without = (model: Model): Model => JSON.parse(JSON.stringify(model)) as Model
