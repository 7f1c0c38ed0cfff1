// infra/src/rotation/rotation.ts: certificates rotate by themselves: an audit finds, a job asks, a function signs, the device proves, a function retires.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Queue } from '@pulumi/aws-native/sqs/queue.js'
import * as pulumi from '@pulumi/pulumi'
import { arn } from '../arn.ts'
import { rotationAlarms } from './alarms.ts'
import { rotationAudit } from './audit.ts'
import { rotationGrants } from './grants.ts'
import { rotationFunction } from './rotation-function.ts'
import { rotationRules } from './rules.ts'

export interface RotationArgs {
  readonly stage: Stage
}

/** Lambda's own limit: a large fleet is asked at 100 a minute, by one invocation after the other. */
const START_SECONDS = 900
const ANSWER_SECONDS = 30
const TWO_WEEKS = 1_209_600

export class Rotation extends pulumi.ComponentResource {
  constructor(name: string, { stage }: RotationArgs, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:rotation:Rotation', name, {}, opts)
    const names = fleetNames(stage)
    const grants = rotationGrants(stage)
    const deadLetters = new Queue(`${name}-dead-letters`, { queueName: names.rotationDeadLetters, messageRetentionPeriod: TWO_WEEKS, sqsManagedSseEnabled: true }, { parent: this })
    const common = { stage, deadLetters }
    const start = rotationFunction(
      `${name}-start`,
      {
        ...{ ...common, part: 'start', grants: grants.start, timeoutSeconds: START_SECONDS },
        description: 'Asks the devices whose certificates are too old for new ones, at most 100 a minute.',
        environment: { THING_GROUP: names.thingGroup, IOT_ARN: arn('iot', stage, '').replace(/:$/, '') },
      },
      this,
    )
    const sign = rotationFunction(
      `${name}-sign`,
      {
        ...{ ...common, part: 'sign', grants: grants.sign, timeoutSeconds: ANSWER_SECONDS },
        description: 'Signs the new key of a device that was asked to rotate and asks in its own name.',
        environment: { DEVICE_POLICY: names.devicePolicy, METRICS: names.metrics },
      },
      this,
    )
    const finish = rotationFunction(
      `${name}-finish`,
      {
        ...{ ...common, part: 'finish', grants: grants.finish, timeoutSeconds: ANSWER_SECONDS },
        description: 'Retires every certificate of a device but the one that it is connected with.',
        environment: { METRICS: names.metrics },
      },
      this,
    )
    rotationRules(`${name}-rules`, { stage, sign, finish }, this)
    rotationAudit(`${name}-audit`, { stage, start }, this)
    rotationAlarms(`${name}-alarm`, stage, this)
    this.registerOutputs()
  }
}
