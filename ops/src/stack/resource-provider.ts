// ops/src/stack/resource-provider.ts: the port to whatever makes a resource in the cloud, and how it says that it could not.
import type { Properties } from './properties.ts'

export interface Made {
  readonly id: string
  readonly outputs: Properties
}

/** `token` makes a repeated request the same request: a run that was killed asks again and gets what the first one made. */
export interface ResourceProvider {
  readonly create: (request: { readonly type: string; readonly inputs: Properties; readonly token: string }) => Promise<Made>
  /** @throws CloudFailure NotUpdatable when only a replacement would do */
  readonly update: (request: { readonly type: string; readonly id: string; readonly before: Properties; readonly after: Properties; readonly token: string }) => Promise<Made>
  /** A resource that is not there counts as deleted. */
  readonly delete: (request: { readonly type: string; readonly id: string; readonly token: string }) => Promise<void>
  /** The resource that a lost request for these inputs made, if it can be told from any other. */
  readonly find: (request: { readonly type: string; readonly inputs: Properties }) => Promise<Made | undefined>
  /** Undefined when it is not there. */
  readonly read: (request: { readonly type: string; readonly id: string; readonly inputs: Properties }) => Promise<Properties | undefined>
}

/**
 * What became of a change that failed: it was `refused`, nothing was done; no answer came, so it is `unknown`; or it was made, to the
 * resource of this id, and only its outputs could not be read.
 */
export type Outcome = 'refused' | 'unknown' | { readonly madeId: string }

/** The cloud's own code and words; `remedyFor` adds what to do. */
export class CloudFailure extends Error {
  override readonly name = 'CloudFailure'
  readonly code: string
  readonly outcome: Outcome

  constructor(code: string, message: string, { outcome = 'refused', ...options }: { readonly outcome?: Outcome; readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
    this.outcome = outcome
  }
}

/** Codes of Cloud Control's handlers (API reference, «HandlerErrorCode»), and of the front end where they differ. */
const REMEDIES: Readonly<Record<string, string>> = {
  AccessDenied: 'Give the credentials of this run the permission that the message names.',
  AccessDeniedException: 'Give the credentials of this run the permission that the message names.',
  AlreadyExists: 'Something of this name is already there and is not of this stack: delete or rename it, then run again.',
  InvalidCredentials: 'Check the credentials of this run (aws sts get-caller-identity).',
  InvalidRequest: 'Correct what the message names in the stage file or in infra/.',
  NotFound: 'It was deleted by someone else: run `fleet deploy --refresh`.',
  NotUpdatable: 'It can only be replaced, and its name is taken by itself: give it another name, or delete it first.',
  ResourceConflict: 'Something still uses it: remove that first (a bucket must be empty, a policy detached), then run again.',
  ServiceLimitExceeded: 'Ask for a higher quota (Service Quotas), then run again.',
}

export const remedyFor = (code: string): string => REMEDIES[code] ?? 'Run again: what is done is kept, and the run goes on where it stopped.'

/** Worth another try by itself, after a while. */
export const isPassing = ({ code, outcome }: CloudFailure): boolean => outcome === 'refused' && PASSING.includes(code)
const PASSING = ['InternalFailure', 'NetworkFailure', 'NotStabilized', 'ServiceInternalError', 'ServiceTimeout', 'Throttling', 'ConcurrentOperationException']
