// infra/src/provisioning/thing-policy.ts: what a provisioned device may do: only what is its own, by the common name of its certificate.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { type IngestTopic, OWN_CN } from '@fleet/contract/topic'
import { alarms, telemetry } from '@fleet/contract/topics'
import { arn, fleetArns } from '../arn.ts'
import { allow, type PolicyDocument } from '../policy-document.ts'

/** AWS IoT refuses longer documents; white space does not count (AWS IoT Core quotas, «Policy document size»). */
export const MOST_CHARACTERS = 2048

/**
 * One policy for all devices. Thing policy variables would not do: they do not resolve for a core device's further connections nor for
 * its HTTP calls, the certificate's common name does (docs/decisions). It equals the thing's name: the admission hook saw to that.
 */
export function thingPolicy(stage: Stage): PolicyDocument {
  const names = fleetNames(stage)
  const iot = (resource: string) => arn('iot', stage, resource)
  const own = `$aws/things/${OWN_CN}`
  return allow(
    {
      sid: 'Connect',
      actions: ['iot:Connect'],
      resources: [iot(`client/${OWN_CN}`), iot(`client/${OWN_CN}#*`)],
      because: 'The nucleus opens further connections as <thing>#2, <thing>#3 …',
    },
    {
      sid: 'Own',
      actions: ['iot:Publish', 'iot:Receive'],
      resources: [iot(`topic/${own}/jobs/*`), iot(`topic/${own}/shadow/name/*`), iot(`topic/fleet/${OWN_CN}/*`)],
      because: 'Job ids, and the names of the shadows, are known at run time only; fleet/<cn> is all its own, and short: the document is nearly full.',
    },
    {
      sid: 'Hear',
      actions: ['iot:Subscribe'],
      resources: [iot(`topicfilter/${own}/jobs/*`), iot(`topicfilter/${own}/shadow/name/*`), iot(`topicfilter/fleet/${OWN_CN}/*`)],
      because: 'As above.',
    },
    {
      sid: 'Report',
      actions: ['iot:Publish'],
      resources: [
        iot(`topic/${own}/greengrass*/health/json`),
        iot(ownTopics(telemetry, names.telemetryRule)),
        iot(ownTopics(alarms, names.alarmRule)),
      ],
      because: 'The nucleus says greengrass or greengrassv2, by its version; telemetry and alarms are by kind. Each is written once, since the document is nearly full.',
    },
    { sid: 'TokenExchange', actions: ['iot:AssumeRoleWithCertificate'], resources: [fleetArns(stage).roleAlias] },
    {
      sid: 'Greengrass',
      actions: ['greengrass:GetComponentVersionArtifact', 'greengrass:GetDeploymentConfiguration', 'greengrass:ListThingGroupsForCoreDevice', 'greengrass:ResolveComponentCandidates'],
      resources: ['*'],
      because: 'AWS documents these calls of a core device with * alone (Greengrass guide, «Minimal AWS IoT policy»); they read, and answer by the certificate.',
    },
  )
}

/** What all such topics of a device have in common: everything but the kind, their last level. */
function ownTopics(topics: Readonly<Record<string, IngestTopic>>, rule: string): string {
  const [common, ...others] = new Set(Object.values(topics).map((topic) => topic.policyResource(rule).replace(/[^/]+$/, '*')))
  if (common === undefined || others.length > 0) throw new Error('telemetry topics must differ in their last level alone')
  return common
}
