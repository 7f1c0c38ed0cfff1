// sandbox/src/site/nucleus/ipc/operation.ts: one operation of the IPC service, as its implementation sees it.
import type { JsonObject } from '../json.ts'
import type { GsonValue } from './gson.ts'

export interface IpcCall {
  /** The component that asks: told by its connection's token. */
  readonly component: string
  readonly request: JsonObject
  readonly stream: EventStream
}

/** The stream that a subscription opens; it lives until either side or the connection closes it. */
export interface EventStream {
  /** `type` without its namespace. Nothing is sent before the response, or after the end. */
  readonly send: (type: string, event: GsonValue) => void
  readonly onClose: (listener: () => void) => void
}

export interface IpcOperation {
  /** A subscription's stream stays open after its response. */
  readonly isStreaming: boolean
  /** Answers the response's body; throws IpcError. */
  readonly handle: (call: IpcCall) => GsonValue | Promise<GsonValue>
}

export type IpcOperations = Readonly<Record<string, IpcOperation>>

export const unary = (handle: IpcOperation['handle']): IpcOperation => ({ isStreaming: false, handle })
export const streaming = (handle: IpcOperation['handle']): IpcOperation => ({ isStreaming: true, handle })

/** Of the model, but done by components that AWS delivers separately (shadow manager, secret manager, CLI, client device auth). */
export const UNSUPPORTED_OPERATIONS: ReadonlySet<string> = new Set([
  ...['GetThingShadow', 'UpdateThingShadow', 'DeleteThingShadow', 'ListNamedShadowsForThing', 'GetSecretValue'],
  ...['ListComponents', 'GetComponentDetails', 'RestartComponent', 'StopComponent', 'CreateLocalDeployment', 'CancelLocalDeployment'],
  ...['GetLocalDeploymentStatus', 'ListLocalDeployments', 'CreateDebugPassword'],
  ...['SubscribeToCertificateUpdates', 'VerifyClientDeviceIdentity', 'GetClientDeviceAuthToken', 'AuthorizeClientDeviceAction'],
])
