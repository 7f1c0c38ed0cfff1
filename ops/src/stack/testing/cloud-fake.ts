// ops/src/stack/testing/cloud-fake.ts: tests only: an AWS endpoint that answers Cloud Control, STS and the two account settings, counts and can be told to fail.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { PatchOperation } from '../json-patch.ts'

export interface Asked {
  /** `CreateResource AWS::IoT::Policy`, `GetCallerIdentity`, `PATCH /event-configurations` */
  readonly call: string
  readonly body: Record<string, unknown>
}

interface Resource {
  readonly type: string
  readonly id: string
  properties: Record<string, unknown>
}

interface Refusal {
  readonly code: string
  readonly message: string
}

/** The request is done, and the connection cut before the answer. */
export const LOST: Refusal = { code: 'lost', message: '' }

/** Which property is a resource's identifier; others get a random one, as `Id`, `Arn` or `DeploymentId`. */
const IDENTIFIERS = ['PolicyName', 'ThingGroupName', 'RoleName', 'FunctionName', 'LogGroupName', 'BucketName', 'Bucket', 'TemplateName', 'RoleAlias', 'RuleName', 'AccountId', 'RepositoryName']

export async function cloudFake() {
  const resources = new Map<string, Resource>()
  const events = new Map<string, Record<string, unknown>>()
  const tokens = new Map<string, string>()
  const asked: Asked[] = []
  const fake = {
    resources,
    asked,
    accountId: '111122223333',
    /** Asked before a request is done: a refusal fails it, LOST lets it be done without an answer, a promise holds it back, nothing lets it be done. */
    before: (_call: string, _body: Record<string, unknown>): Refusal | undefined | Promise<Refusal | undefined> => undefined,
    endpoint: '',
    changes: () => asked.filter(({ call }) => /^(Create|Update|Delete)Resource/.test(call)).map(({ call }) => call),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  const settle = (token: string, done: () => Record<string, unknown>): Record<string, unknown> => {
    const known = events.get(tokens.get(token) ?? '')
    if (known) return { ProgressEvent: known }
    const RequestToken = randomUUID()
    tokens.set(token, RequestToken)
    events.set(RequestToken, { RequestToken, EventTime: 1, ...done() })
    return { ProgressEvent: { RequestToken, OperationStatus: 'IN_PROGRESS', EventTime: 1 } }
  }
  const failed = ({ code, message }: Refusal) => ({ OperationStatus: 'FAILED', ErrorCode: code, StatusMessage: message })
  const key = (type: unknown, id: unknown) => `${String(type)} ${String(id)}`

  const create = (type: string, properties: Record<string, unknown>) => {
    const named = IDENTIFIERS.find((name) => typeof properties[name] === 'string')
    const id = named && !type.endsWith('Permission') ? String(properties[named]) : randomUUID()
    if (resources.has(key(type, id))) return failed({ code: 'AlreadyExists', message: `${id} already exists` })
    resources.set(key(type, id), { type, id, properties: { Arn: `arn:aws:fake:::${type}/${id}`, Id: id, ...properties } })
    return { OperationStatus: 'SUCCESS', Identifier: id }
  }
  const update = (resource: Resource | undefined, operations: readonly PatchOperation[]) => {
    if (!resource) return failed({ code: 'NotFound', message: 'it is not there' })
    for (const operation of operations) {
      const name = operation.path.slice(1)
      if (operation.op !== 'add' && !(name in resource.properties)) return failed({ code: 'InvalidRequest', message: `${name} is not there` })
      if (operation.op === 'remove') resource.properties = Object.fromEntries(Object.entries(resource.properties).filter(([key]) => key !== name))
      else resource.properties = { ...resource.properties, [name]: operation.value }
    }
    return { OperationStatus: 'SUCCESS', Identifier: resource.id }
  }
  const operations: Record<string, (body: Record<string, unknown>, refusal: Refusal | undefined) => Record<string, unknown>> = {
    CreateResource: ({ TypeName, DesiredState, ClientToken }, refusal) =>
      settle(String(ClientToken), () => (refusal ? failed(refusal) : create(String(TypeName), JSON.parse(String(DesiredState)) as Record<string, unknown>))),
    UpdateResource: ({ TypeName, Identifier, PatchDocument, ClientToken }, refusal) =>
      settle(String(ClientToken), () => (refusal ? failed(refusal) : update(resources.get(key(TypeName, Identifier)), JSON.parse(String(PatchDocument)) as PatchOperation[]))),
    DeleteResource: ({ TypeName, Identifier, ClientToken }, refusal) =>
      settle(String(ClientToken), () => (refusal ? failed(refusal) : resources.delete(key(TypeName, Identifier)) ? { OperationStatus: 'SUCCESS', Identifier } : failed({ code: 'NotFound', message: 'it is not there' }))),
    GetResourceRequestStatus: ({ RequestToken }) => ({ ProgressEvent: events.get(String(RequestToken)) }),
    GetResource: ({ TypeName, Identifier }, refusal) => {
      if (refusal) throw new Error(refusal.code)
      const found = resources.get(key(TypeName, Identifier))
      if (!found) throw new Error('ResourceNotFoundException')
      return { TypeName, ResourceDescription: { Identifier, Properties: JSON.stringify(found.properties) } }
    },
  }

  const server = createServer((request, response) => {
    void (async () => {
      const { call, operation, body } = await read(request)
      asked.push({ call, body })
      const refusal = await fake.before(call, body)
      if (call === 'GetCallerIdentity') return void response.setHeader('content-type', 'text/xml').end(identity(fake.accountId))
      const serve = operations[operation]
      if (!serve) return void response.end('{}')
      try {
        const answer = serve(body, refusal === LOST ? undefined : refusal)
        if (refusal === LOST) return void request.socket.destroy()
        response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(answer))
      } catch (error) {
        response.statusCode = 400
        response.end(JSON.stringify({ __type: error instanceof Error ? error.message : 'InternalFailure', message: 'no' }))
      }
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  fake.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server has this kind of address
  return fake
}

async function read(request: IncomingMessage): Promise<Asked & { readonly operation: string }> {
  const target = request.headers['x-amz-target']
  const content = await text(request)
  if (typeof target !== 'string') {
    const action = new URLSearchParams(content).get('Action')
    return { call: action ?? `${String(request.method)} ${String(request.url)}`, operation: '', body: action === null && content !== '' ? (JSON.parse(content) as Record<string, unknown>) : {} }
  }
  const body = JSON.parse(content) as Record<string, unknown>
  const operation = target.split('.')[1] ?? ''
  const { TypeName } = body
  return { call: typeof TypeName === 'string' ? `${operation} ${TypeName}` : operation, operation, body }
}

const identity = (account: string) =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
