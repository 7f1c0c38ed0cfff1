// sandbox/src/cloud/service.ts: what a service of this cloud is: plain functions from an operation's input to its output, typed by the SDK.
import type { Account } from './account.ts'
import type { Decision, PolicyRequest } from './iam/policy-evaluation.ts'

/** Who calls. A role session is held to its role's policies; the account's own key may do everything; a device came over mutual TLS. */
export type Principal =
  | { readonly kind: 'account'; readonly arn: string; readonly accessKeyId: string }
  | { readonly kind: 'role-session'; readonly arn: string; readonly roleName: string; readonly accessKeyId: string }
  | { readonly kind: 'certificate'; readonly arn: string; readonly certificateId: string }
  | { readonly kind: 'anonymous' }

/** One request, as an operation sees it. */
export interface Call {
  readonly requestId: string
  readonly principal: Principal
  readonly account: Account
  /** `http://127.0.0.1:4566`: the endpoint by which this client reached us; for URLs in answers. */
  readonly origin: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

export type Operation<I = never, O = unknown> = (input: I, call: Call) => O | Promise<O>

/**
 * The operations of an SDK client package, by name: `OperationsOf<typeof import('@aws-sdk/client-iot')>` has `CreateThing`, …
 * with the SDK's own input and output types. What is not given answers «not offered by the sandbox».
 */
export type OperationsOf<Client> = {
  [K in keyof Client as K extends `${infer Name}Command` ? Name : never]?: Client[K] extends new (...args: infer A) => { resolveMiddleware: (...args: never[]) => infer H }
    ? H extends (...args: never[]) => Promise<{ output: infer O }>
      ? Operation<Received<InputOf<A>>, Answer<O>>
      : never
    : never
}

/** A command whose input has no required member may be built without one: `[] | [Input]`. */
type InputOf<A> = A extends readonly [infer I] ? I : never

/** What arrives: bodies are always bytes, whatever the client was given. */
type Received<I> = { [M in keyof I]: M extends 'Body' | 'Payload' | 'body' | 'payload' | 'ZipFile' | 'layerPartBlob' | 'inlineRecipe' ? Uint8Array | Extract<I[M], undefined> : I[M] }

/** What is answered: no `$metadata`; bodies are bytes; `$status` overrides the model's success status (206 for a range), `$headers` adds headers, `$body` is a body that no model describes. */
type Answer<O> = { [M in keyof O as Exclude<M, '$metadata'>]: M extends 'Body' | 'Payload' | 'payload' ? Uint8Array | string | Iterable<Uint8Array> | undefined : O[M] } & {
  readonly $status?: number
  readonly $headers?: Readonly<Record<string, string>>
  readonly $body?: string
}

/** What a role session must be allowed to do before an operation runs. Without an entry: `<prefix>:<Operation>` on `*`. */
export interface Grant {
  readonly action: string
  readonly resources: readonly string[]
  /** Condition keys that this request brings besides the global ones (`s3:prefix`, `iam:PassedToService`). */
  readonly context?: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** A service: the model that it speaks and the operations that it offers. */
export interface Service {
  /** Key of the wire layer's table of models: `iot`, `s3`, `cloudcontrol` … */
  readonly model: string
  readonly operations: Readonly<Record<string, Operation | undefined>>
  /** IAM action and resources of an operation's input. */
  readonly grants?: Readonly<Record<string, (input: never, account: Account) => Grant | readonly Grant[]>>
  /** Operations that need no signature (AssumeRoleWithWebIdentity). */
  readonly unsigned?: readonly string[]
  /** Devices may call by mutual TLS; each operation then asks their IoT policies itself. Without it they are refused. */
  readonly certificateCallers?: boolean
  /** What the policy of the resource itself says (bucket policies): its deny holds for everybody, its allow lets in also the anonymous. */
  readonly resourcePolicy?: (request: PolicyRequest) => Decision | undefined
  /** Whom the resource's policy does not let in, nothing else does: not its own policies, nor being the account (KMS). */
  readonly resourcePolicyRules?: boolean
}
