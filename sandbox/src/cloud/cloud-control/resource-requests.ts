// sandbox/src/cloud/cloud-control/resource-requests.ts: the requests to create, change and delete resources, and how each of them fares.
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Operation, OperationStatus, ProgressEvent } from '@aws-sdk/client-cloudcontrol'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { handlerFailure } from './handler-error.ts'

export interface ResourceRequest {
  readonly typeName: string
  readonly operation: Operation
  /** Known from the start, but for a create. */
  readonly identifier: string | undefined
  /** What is compared when a client token comes again. */
  readonly asked: unknown
}

interface Kept extends ResourceRequest {
  readonly token: string
  readonly clientToken: string | undefined
  readonly status: OperationStatus
  readonly at: Date
  readonly failure?: { readonly code: string; readonly message: string }
}

export interface ResourceRequests {
  /** Runs the work, unless a request with this client token did already. Resolves with how it ended. */
  run(request: ResourceRequest, clientToken: string | undefined, work: (requestToken: string) => Promise<string>): Promise<ProgressEvent>
  /** @throws AwsError RequestTokenNotFoundException */
  get(requestToken: string | undefined): ProgressEvent
  all(): readonly ProgressEvent[]
}

/** API reference: tokens are good for 36 hours, requests are shown for 7 days. */
const TOKEN_LIFE_MS = 36 * 60 * 60_000
const REQUEST_LIFE_MS = 7 * 24 * 60 * 60_000

export function resourceRequests(store: Store, clock: Clock): ResourceRequests {
  const requests = store.table<Kept>('cloudcontrol_requests')
  const byClientToken = store.table<string>('cloudcontrol_client_tokens')
  const underWay = new Map<string, Promise<ProgressEvent>>()
  const locked = new Set<string>()
  const keep = (request: Kept): ProgressEvent => {
    requests.put(request.token, request)
    return eventOf(request)
  }
  for (const [token, request] of requests.all()) {
    if (isOlder(request, REQUEST_LIFE_MS, clock)) requests.delete(token)
    else if (request.status === 'IN_PROGRESS') keep({ ...request, status: 'FAILED', at: clock.now(), failure: { code: 'InternalFailure', message: 'The sandbox stopped while it worked on this request.' } })
  }
  const known = (clientToken: string | undefined, request: ResourceRequest): Kept | undefined => {
    const token = clientToken === undefined ? undefined : byClientToken.get(clientToken)
    const earlier = token === undefined ? undefined : requests.get(token)
    if (!earlier || isOlder(earlier, TOKEN_LIFE_MS, clock)) return undefined
    if (earlier.typeName === request.typeName && earlier.operation === request.operation && isDeepStrictEqual(earlier.asked, request.asked)) return earlier
    throw new AwsError('ClientTokenConflictException', `The client token ${clientToken ?? ''} was used for another request.`)
  }
  const perform = async (kept: Kept, work: (requestToken: string) => Promise<string>): Promise<ProgressEvent> => {
    try {
      return keep({ ...kept, identifier: await work(kept.token), status: 'SUCCESS', at: clock.now() })
    } catch (error) {
      return keep({ ...kept, status: 'FAILED', at: clock.now(), failure: handlerFailure(error, kept.operation) }) // operations are those three
    }
  }
  return {
    async run(request, clientToken, work) {
      const earlier = known(clientToken, request)
      if (earlier) return underWay.get(earlier.token) ?? eventOf(earlier)
      const lock = request.identifier === undefined ? undefined : `${request.typeName} ${request.identifier}`
      if (lock !== undefined && locked.has(lock)) throw new AwsError('ConcurrentOperationException', `Another operation is under way on ${request.typeName} ${request.identifier ?? ''}.`)
      const kept: Kept = { ...request, token: randomUUID(), clientToken, status: 'IN_PROGRESS', at: clock.now() }
      keep(kept)
      if (clientToken !== undefined) byClientToken.put(clientToken, kept.token)
      if (lock !== undefined) locked.add(lock)
      const running = perform(kept, work).finally(() => {
        underWay.delete(kept.token)
        if (lock !== undefined) locked.delete(lock)
      })
      underWay.set(kept.token, running)
      return running
    },
    get(requestToken = '') {
      const request = requests.get(requestToken)
      if (!request) throw new AwsError('RequestTokenNotFoundException', `Request with token ${requestToken} was not found`)
      return eventOf(request)
    },
    all: () => requests.all().map(([, request]) => eventOf(request)),
  }
}

const isOlder = ({ at }: Kept, ms: number, clock: Clock) => clock.now().getTime() - at.getTime() > ms

const eventOf = ({ token, typeName, operation, identifier, status, at, failure }: Kept): ProgressEvent => ({
  TypeName: typeName,
  RequestToken: token,
  Operation: operation,
  OperationStatus: status,
  EventTime: at,
  ...(identifier === undefined ? {} : { Identifier: identifier }),
  ...(failure ? { ErrorCode: failure.code as NonNullable<ProgressEvent['ErrorCode']>, StatusMessage: failure.message } : {}), // kept as handler-error.ts gave it
})
