// ops/src/stack/stack-engine.ts: the port to whatever runs the Pulumi program: what a command asks for and what it hears back.

/** `keep`: nothing to do. `replace`: a new one is made, then the former deleted. */
export type Operation = 'create' | 'update' | 'replace' | 'delete' | 'keep'

export interface ResourceName {
  readonly urn: string
  /** `aws-native:iot:Policy` */
  readonly type: string
  readonly name: string
}

/** One resource, one moment. `planned` is a preview's only state. */
export interface StackProgress extends ResourceName {
  readonly operation: Operation
  readonly state: 'planned' | 'started' | 'done' | 'failed'
  /** Milliseconds since it was started. */
  readonly tookMs?: number
  readonly why?: string
}

export interface StackChange extends ResourceName {
  readonly operation: Exclude<Operation, 'keep'>
  /** Names of the inputs that differ (update, replace). */
  readonly properties: readonly string[]
}

/** A resource that the stack has made. */
export interface StackResource extends ResourceName {
  /** In the cloud; empty while its creation is under way. */
  readonly id: string
  /** The stack refuses to delete it. */
  readonly isProtected: boolean
}

export type Outputs = Readonly<Record<string, unknown>>

export interface StackResult {
  readonly outputs: Outputs
  /** What was done, or in a preview would be; unchanged resources are only counted. */
  readonly changes: readonly StackChange[]
  readonly unchanged: number
}

export interface StackRun {
  readonly stage: string
  /** The stage's configuration, keys in full (`fleetwright:accountId`). */
  readonly config: Readonly<Record<string, string>>
  /** Beside the environment of this process: AWS_ENDPOINT_URL, credentials, FLEET_RELEASE_MANIFEST … */
  readonly environment?: Readonly<Record<string, string>>
  readonly onProgress?: (progress: StackProgress) => void
}

/** Every method rejects with a FleetError that says what to do; whatever was done until then is kept and the next run goes on from there. */
export interface StackEngine {
  /** What `up` would do. Changes nothing. */
  preview(run: StackRun): Promise<StackResult>
  up(run: StackRun): Promise<StackResult>
  /** Looks what is really there: resources that are gone are forgotten (the next `up` makes them again), outputs are renewed. */
  refresh(run: StackRun): Promise<StackResult>
  /** Removes everything that the stack made, dependents first. */
  destroy(run: StackRun): Promise<StackResult>
  /** Of the last `up`; undefined when there was none. */
  outputs(stage: string): Promise<Outputs | undefined>
  /** What there is of the stack, as its state says; empty when there is none. */
  resources(stage: string): Promise<readonly StackResource[]>
  /** What the secrets in its state are sealed with, as the Pulumi CLI spells it: `awskms://…`, `passphrase`. Undefined: nothing is yet, or the state is on this machine. */
  sealedBy(stage: string): Promise<string | undefined>
}
