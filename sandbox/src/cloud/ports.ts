// sandbox/src/cloud/ports.ts: what the services of this cloud ask of one another.

export type CertificateStatus = 'ACTIVE' | 'INACTIVE' | 'REVOKED' | 'PENDING_TRANSFER' | 'REGISTER_INACTIVE' | 'PENDING_ACTIVATION'

/** A device certificate as the broker and the mutual-TLS endpoints need it. `certificateId` is the SHA-256 of its DER, in hex. */
export interface DeviceCertificate {
  readonly certificateId: string
  readonly arn: string
  readonly pem: string
  readonly status: CertificateStatus
  /** Policy variables `iot:Certificate.Subject.*` and `.Issuer.*`: CommonName, Organization, … each with its first value. */
  readonly subject: Readonly<Record<string, string>>
  readonly issuer: Readonly<Record<string, string>>
  /** Decimal: policy variable `iot:Certificate.SerialNumber`. */
  readonly serialNumber: string
  /** When it is valid; to be compared with the cloud's clock. A temporary provisioning claim ends after five minutes. */
  readonly notBefore: Date
  readonly notAfter: Date
}

/** The device registry as the data plane sees it. */
export interface DeviceRegistry {
  certificate(certificateId: string): DeviceCertificate | undefined
  /** Documents (JSON text) of all policies in force for it: its own and those of the groups of its things. */
  policiesOf(certificateId: string): readonly { readonly name: string; readonly document: string }[]
  /** The same of an identity of Cognito (`eu-central-1:<uuid>`): it has none but those attached to itself. */
  policiesOfIdentity(identityId: string): readonly { readonly name: string; readonly document: string }[]
  thingsOf(certificateId: string): readonly { readonly thingName: string; readonly exclusive: boolean }[]
  thing(thingName: string): { readonly thingName: string; readonly thingTypeName?: string; readonly attributes: Readonly<Record<string, string>> } | undefined
  /** Names of the groups that this thing is in (not their parents). */
  groupsOf(thingName: string): readonly string[]
  /** The group's parent, the parent's parent and so on: the root comes last. */
  ancestorsOf(group: string): readonly string[]
  isGroup(group: string): boolean
  /** Things of this group and of the groups below it. */
  thingsIn(group: string): readonly string[]
  /** Hears of everything that changes what a certificate may do: status, policies, things. */
  onChange(listener: (change: { readonly certificateId: string; readonly status: CertificateStatus | 'DELETED' }) => void): void
  /** Hears of things that join or leave a group (after it happened) and of things that are deleted: continuous jobs follow them. */
  onThingChange(listener: (change: ThingChange) => void): void
}

export type ThingChange =
  | { readonly kind: 'joined' | 'left'; readonly thingName: string; readonly group: string }
  | { readonly kind: 'deleted'; readonly thingName: string }

/** A message that a client published, after its policy allowed it. */
export interface DeviceMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1
  readonly retain: boolean
  readonly clientId: string
  /** Certificate id, or the ARN of the IAM principal of a WebSocket or HTTP client. */
  readonly principal: string
}

/** What a service says to the client that asked it, and to nobody else (the broker delivers it, subscribed or not). */
export type Reply = (topic: string, payload: Uint8Array | string) => Promise<void>

/** The message broker as the other services of IoT Core use it. */
export interface MessageBus {
  /** Publishes as the service itself: no policy, any topic. Resolves when subscribers of this process have it. */
  publish(message: { readonly topic: string; readonly payload: Uint8Array | string; readonly qos?: 0 | 1; readonly retain?: boolean }): Promise<void>
  /**
   * Takes the messages that clients publish to reserved topics: `filter` is a topic filter (`$aws/things/+/shadow/get`); one that ends
   * in `/` stands for everything below it. They reach no subscriber, unless `alsoDeliver` (shadow requests may be subscribed to).
   * Clients cannot publish to a reserved topic that nobody has taken. The handler answers by `publish`, or for one client alone by `reply`.
   */
  reserve(filter: string, handler: (message: DeviceMessage, reply: Reply) => Promise<void>, options?: { readonly alsoDeliver?: boolean }): void
  /** Hears every message that reached the broker (clients' and services', but not those to reserved topics that reach no subscriber), for topic rules. */
  listen(listener: (message: DeviceMessage) => void): void
  /** Closes all connections of this certificate; `reason` goes into the log. */
  disconnectCertificate(certificateId: string, reason: string): void
  isConnected(clientId: string): boolean
}

/** Runs a function as a service of the cloud does: its resource policy must let that service and source in. */
export interface FunctionInvoker {
  /** Waits for the function's answer (pre-provisioning hooks). */
  invoke(request: FunctionCall & {
    /** Milliseconds the caller waits; the function itself may run on to its own limit. */
    readonly waitMs?: number
  }): Promise<InvocationResult>
  /** Hands the event over and goes on (topic rules, SNS): kept over restarts, tried again twice when the function fails. */
  invokeLater(request: FunctionCall): { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly why: string }
}

export interface FunctionCall {
  readonly functionArn: string
  /** JSON value. */
  readonly payload: unknown
  readonly caller: { readonly service: string; readonly sourceArn: string }
}

export type InvocationResult =
  | { readonly kind: 'answered'; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'refused'; readonly why: string }

/** One value of a metric without dimensions. */
export interface Counted {
  readonly namespace: string
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Default: now. */
  readonly at?: Date
}

/** Takes values for CloudWatch, as a service with a role does. */
export interface MetricSink {
  count(value: Counted): void
}

/** Appends log events, as a service with a role does. */
export interface LogSink {
  append(group: string, stream: string, messages: readonly string[]): void
}

/** Temporary credentials of a role, as STS, the credentials provider and Lambda give them out. */
export interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

export interface RoleSessions {
  /** Assumes the role for a service or a device; refuses (AwsError) when its trust policy does not name the service. */
  assume(request: {
    readonly roleArn: string
    readonly service: string
    readonly sessionName: string
    readonly durationSeconds: number
    /** Policy variables and condition keys of the session, beside those that every session has: `credentials-iot:ThingName` … */
    readonly context?: Readonly<Record<string, string>>
  }): RoleCredentials
  /** Whether the role's own policies allow this; deny by default, false for a role that is not there. For services that act in a role (topic rules). A name, which is unique in an account, stands for the ARN, in which a path may stand. */
  permits(roleArnOrName: string, action: string, resource: string, context?: Readonly<Record<string, string>>): boolean
}

/** Sessions of roles for those whom an identity provider vouches for (Cognito identity pools). */
export interface FederatedSessions {
  /** Refuses (AwsError) when the role's trust policy does not name the provider, or does not hold for `context`. */
  assume(request: {
    readonly roleArn: string
    /** `cognito-identity.amazonaws.com` */
    readonly provider: string
    readonly sessionName: string
    readonly durationSeconds: number
    /** Condition keys of the token, kept with the session. */
    readonly context: Readonly<Record<string, string>>
    /** Tags of the session, which the trust policy must allow, too; none unless given. */
    readonly tags?: Readonly<Record<string, string>>
  }): RoleCredentials
}

/** Puts and gets objects as a service of the cloud does. */
export interface ObjectStore {
  get(bucket: string, key: string): Uint8Array | undefined
  put(bucket: string, key: string, body: Uint8Array): void
}

/** Puts an item into a table of DynamoDB as a service does that acts in a role, which it has asked already. */
export interface ItemStore {
  /** A JSON object; items of one key are written in the order of these calls. @throws AwsError */
  put(table: string, item: Readonly<Record<string, unknown>>): Promise<void>
}

/** Hands a record to a delivery stream of Firehose, likewise. */
export interface RecordStream {
  /** Kept when it returns. @throws AwsError */
  put(stream: string, record: Uint8Array): void
}

/** Reads objects over HTTP for a service that serves them, as whoever may: the bucket's policy decides. */
export interface OriginReader {
  read(request: {
    readonly bucket: string
    readonly key: string
    /** Undefined: unsigned, as anybody. */
    readonly caller: { readonly service: string; readonly sourceArn: string } | undefined
  }): OriginObject
}

export type OriginObject =
  | {
      readonly kind: 'found'
      readonly body: Uint8Array
      /** Names in lower case: `content-type`, `cache-control` … */
      readonly headers: Readonly<Record<string, string>>
      /** With its quotes. */
      readonly etag: string
      readonly lastModified: Date
    }
  | { readonly kind: 'refused'; readonly status: 403 | 404; readonly code: string; readonly message: string }

/** Puts a message into a queue as a service of the cloud does. */
export interface QueueSink {
  send(request: {
    readonly queueArn: string
    readonly body: string
    readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>
    /** Whom the queue's own policy must let in; without it the sender acts in a role that was asked already. */
    readonly caller?: FunctionCall['caller']
    readonly senderId: string
  }): Sent
}

/** Publishes to a topic of SNS as a service does that acts in a role, which it has asked already. */
export interface TopicPublisher {
  publish(request: { readonly topicArn: string; readonly message: string; readonly subject?: string; readonly structure?: 'json' }): Sent
}

export type Sent = { readonly kind: 'accepted'; readonly messageId: string } | { readonly kind: 'refused'; readonly why: string }
