// sandbox/src/cloud/iot-core/policy/identity.ts: who is at the other end of a connection, and what it may do.

export type IotAction =
  | 'iot:Connect'
  | 'iot:Publish'
  | 'iot:RetainPublish'
  | 'iot:Subscribe'
  | 'iot:Receive'
  | 'iot:GetThingShadow'
  | 'iot:UpdateThingShadow'
  | 'iot:DeleteThingShadow'
  | 'iot:ListNamedShadowsForThing'
  | 'iot:GetRetainedMessage'
  | 'iot:ListRetainedMessages'
  | 'iot:GetPendingJobExecutions'
  | 'iot:StartNextPendingJobExecution'
  | 'iot:DescribeJobExecution'
  | 'iot:UpdateJobExecution'
  | 'iot:DeleteConnection'
  | 'iot:GetConnection'
  | 'iot:ListSubscriptions'
  | 'iot:AssumeRoleWithCertificate'
  | 'greengrass:GetComponentVersionArtifact'
  | 'greengrass:GetDeploymentConfiguration'
  | 'greengrass:ListThingGroupsForCoreDevice'
  | 'greengrass:ResolveComponentCandidates'

/** Facts about a connection that policy variables and conditions can name. */
export interface ConnectionFacts {
  /** Undefined over HTTP: thing variables then resolve to nothing. */
  readonly clientId?: string
  readonly sourceIp?: string
  /** `PersistentConnect`, `LastWill`: what a CONNECT asks for (AWS IoT guide, «Using connectAttributes»). */
  readonly connectAttributes?: readonly string[]
}

export interface ClientIdentity {
  /** Certificate id, or the user id of an IAM principal: `principalIdentifier` of lifecycle events, `principal()` of rules. */
  readonly principalId: string
  readonly certificateId: string | undefined
  /** Why it may not connect at all: not registered, not ACTIVE, expired. */
  refusedBecause(): string | undefined
  /** The thing that has this principal for itself alone, if there is one. */
  exclusiveThing(): string | undefined
  permits(action: IotAction, resource: string, facts: ConnectionFacts): boolean
}
