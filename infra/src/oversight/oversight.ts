// infra/src/oversight/oversight.ts: tells somebody when the fleet needs a person: a topic, alarms on what is refused and what breaks, and a dashboard.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Dashboard } from '@pulumi/aws-native/cloudwatch/dashboard.js'
import { Topic } from '@pulumi/aws-native/sns/topic.js'
import * as pulumi from '@pulumi/pulumi'
import { fleetAlarm } from './alarm.ts'
import { dashboardBody } from './dashboard-body.ts'
import { failedDeployments } from './failed-deployments.ts'
import { brokerMetric, functionMetric, ownMetric } from './metrics.ts'

export class Oversight extends pulumi.ComponentResource {
  constructor(name: string, stage: Stage, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:oversight:Oversight', name, {}, opts)
    alarmTopic(`${name}-topic`, stage, this)
    admissionAlarms(`${name}-alarm`, stage, this)
    if (stage.managesAccountSettings) accountAlarms(`${name}-alarm`, stage, this)
    new Dashboard(`${name}-dashboard`, { dashboardName: fleetNames(stage).dashboard, dashboardBody: dashboardBody(stage) }, { parent: this })
    this.registerOutputs()
  }
}

/**
 * Who gets mail must say yes to a first one; until then nothing comes. The subscription is part of the topic: one of its own could not be
 * deleted before somebody has confirmed it, and a destroy would fail (SNS: «Cannot unsubscribe a subscription that is pending confirmation»).
 */
function alarmTopic(name: string, stage: Stage, parent: pulumi.Resource): void {
  const { email } = stage.alarms
  const told = email !== undefined && { subscription: [{ protocol: 'email', endpoint: email }] } // an empty list is no list: a refresh would take it for drift
  new Topic(name, { topicName: fleetNames(stage).alarmTopic, displayName: `Alarms of ${stage.stage}`, ...told }, { parent })
}

function admissionAlarms(name: string, stage: Stage, parent: pulumi.Resource): void {
  fleetAlarm(`${name}-devices-refused`, { stage, what: 'devices-refused', metric: ownMetric(stage, 'DevicesRefused'), atLeast: stage.alarms.refusedDevices, means: 'Devices asked to join and were refused: a line is missing in the allowlist, or the claim is in wrong hands. The log of the admission hook says which.' }, parent)
  fleetAlarm(`${name}-admission-errors`, { stage, what: 'admission-errors', metric: functionMetric(fleetNames(stage).admissionHook, 'Errors'), means: 'The admission hook has failed; no device can join meanwhile.' }, parent)
}

/** AWS tells neither connections nor job events apart by fleet: one stage of an account looks after them. */
function accountAlarms(name: string, stage: Stage, parent: pulumi.Resource): void {
  fleetAlarm(`${name}-connections-refused`, { stage, what: 'connections-refused', metric: brokerMetric('Connect.AuthError'), atLeast: stage.alarms.refusedConnections, means: 'Connections were refused for want of a permission: a suspended or stranded device tries again and again, or somebody tries another name. AWSIotLogsV2 says which.' }, parent)
  failedDeployments(`${name}-deployments-failed`, stage, parent)
}
