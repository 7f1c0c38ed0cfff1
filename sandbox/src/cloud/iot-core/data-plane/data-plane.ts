// sandbox/src/cloud/iot-core/data-plane/data-plane.ts: the service «AWS IoT data plane»: shadows, messages and connections by HTTP, for IAM callers and for devices by mutual TLS.
import { arn, type Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { Grant, Service } from '../../service.ts'
import type { Broker } from '../broker/broker.ts'
import type { Shadows } from '../shadows/shadows.ts'
import { deviceAuthorisation, type Callers } from './device-authorisation.ts'
import { messageOperations } from './message-operations.ts'
import { shadowOperations, shadowResource } from './shadow-operations.ts'

export interface DataPlaneOptions extends Callers {
  readonly broker: Broker
  readonly shadows: Shadows
  readonly clock: Clock
}

export function iotDataPlane({ broker, shadows, clock, ...callers }: DataPlaneOptions): Service {
  const authorise = deviceAuthorisation(callers)
  return {
    model: 'iot-data-plane',
    operations: { ...shadowOperations({ shadows, clock, authorise }), ...messageOperations({ broker, clock, authorise }) },
    grants: GRANTS,
    certificateCallers: true,
  }
}

interface Named {
  readonly thingName?: string
  readonly shadowName?: string
  readonly topic?: string
  readonly clientId?: string
  readonly retain?: boolean
}

const on = (action: string, resourceOf: (input: Named) => string) => (input: Named, account: Account): Grant => ({ action, resources: [arn('iot', account, resourceOf(input))] })
const thing = ({ thingName = '', shadowName }: Named) => shadowResource({ thingName, ...(shadowName !== undefined && { shadowName }) })
const topic = (input: Named) => `topic/${input.topic ?? ''}`
const client = ({ clientId = '' }: Named) => `client/${clientId}`

/** Service Authorization Reference, «AWS IoT». */
const GRANTS: NonNullable<Service['grants']> = {
  GetThingShadow: on('iot:GetThingShadow', thing),
  UpdateThingShadow: on('iot:UpdateThingShadow', thing),
  DeleteThingShadow: on('iot:DeleteThingShadow', thing),
  ListNamedShadowsForThing: on('iot:ListNamedShadowsForThing', thing),
  Publish: (input: Named, account: Account) => [on('iot:Publish', topic)(input, account), ...(input.retain ? [on('iot:RetainPublish', topic)(input, account)] : [])],
  GetRetainedMessage: on('iot:GetRetainedMessage', topic),
  DeleteConnection: on('iot:DeleteConnection', client),
  GetConnection: on('iot:GetConnection', client),
  ListSubscriptions: on('iot:ListSubscriptions', client),
}
