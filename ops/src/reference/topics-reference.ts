// ops/src/reference/topics-reference.ts: docs/TOPICS.md: every topic of the contract with its three faces.
import { fleetNames } from '@fleet/contract/names'
import type { NamedShadow } from '@fleet/contract/shadow'
import type { IngestTopic, ThingTopic } from '@fleet/contract/topic'

/** What `packages/contract/src/topics.ts` exports: groups of topics by name. */
export type TopicGroups = Readonly<Record<string, Readonly<Record<string, ThingTopic | IngestTopic | NamedShadow | string>>>>

const { telemetryRule, alarmRule } = fleetNames({ stage: 'dev', accountId: '', region: '' })

export function topicsReference(groups: TopicGroups): string {
  const sections = Object.entries(groups).toSorted(([a], [b]) => a.localeCompare(b)).map(([group, topics]) => [`## ${group}`, HEADER, ...Object.entries(topics).flatMap(([name, topic]) => rows(name, topic))].join('\n'))
  return [HEAD, ...sections, ''].join('\n\n').replace(/\n+$/, '\n')
}

const HEAD = `# Topics

Every MQTT topic that cloud and device have agreed on, with its three faces: the name to publish or subscribe to, the filter by which a rule hears all
devices, and the resource by which the IoT policy allows it to the device alone whose certificate carries that common name. \`npm run docs\` writes this page from
\`packages/contract/src/topics.ts\`; what the messages say is in the schemas beside it. \`{thing}\` is the serial number. Names of rules are those of stage dev.`

const HEADER = '\n| | topic | rule filter | policy resource |\n|---|---|---|---|'

function rows(name: string, topic: ThingTopic | IngestTopic | NamedShadow | string): string[] {
  if (typeof topic === 'string') return [row(name, [topic, '– (stays on the device)', '– (access control in the recipes)'])]
  if ('updateDelta' in topic) return Object.entries(topic).flatMap(([face, each]) => (typeof each === 'string' ? [] : [row(`${name}.${face}`, facesOf(each as ThingTopic))]))
  return [row(name, facesOf(topic))]
}

/** Basic ingest publishes to the rule itself. */
const facesOf = (topic: ThingTopic | IngestTopic): string[] =>
  isIngest(topic) ? [topic.of(ruleOf(topic), '{thing}'), topic.ruleFilter, topic.policyResource(ruleOf(topic))] : [topic.pattern, topic.ruleFilter, topic.policyResource]

/** Alarms have a rule of their own. */
const ruleOf = (topic: IngestTopic): string => (topic.pattern.includes('/alarm/') ? alarmRule : telemetryRule)

const isIngest = (topic: ThingTopic | IngestTopic): topic is IngestTopic => typeof topic.policyResource === 'function'

const row = (name: string, faces: readonly string[]): string => `| ${[name, ...faces.map((face) => (face.startsWith('–') ? face : `\`${face}\``))].join(' | ')} |`
