// packages/contract/src/topic.ts: a topic's three faces: name to publish, filter for a rule, resource in an IoT policy.

/** The CN of the connected certificate: the one identity that every connection of a device resolves (facts: thing variables do not). */
export const OWN_CN = '${iot:Certificate.Subject.CommonName}'

/** A topic that belongs to one thing; `{thing}` stands for its name in the pattern. */
export interface ThingTopic {
  readonly pattern: string
  /** The topic to publish or subscribe to, for this thing. */
  of(thing: string): string
  /** The FROM clause of a topic rule that hears every thing. */
  readonly ruleFilter: string
  /** 1-based level of the thing's name, for `topic(n)` in a rule's SQL. */
  readonly thingLevel: number
  /** What an IoT policy's `topic/` resource needs to name it for the connected device alone. */
  readonly policyResource: string
}

export function thingTopic(pattern: string): ThingTopic {
  const levels = pattern.split('/')
  const thingLevel = levels.indexOf('{thing}') + 1
  if (thingLevel === 0) throw new Error(`${pattern} has no level {thing}: a device's topic must carry its identity`)
  const fill = (text: string) => levels.map((level) => (level === '{thing}' ? text : level)).join('/')
  return { pattern, of: fill, ruleFilter: fill('+'), thingLevel, policyResource: `topic/${fill(OWN_CN)}` }
}

/** A topic of basic ingest: goes to one rule, is not metered as a message (AWS IoT guide, «Reducing messaging costs with Basic Ingest»). */
export interface IngestTopic extends Omit<ThingTopic, 'of' | 'policyResource'> {
  of(rule: string, thing: string): string
  policyResource(rule: string): string
}

export function ingestTopic(pattern: string): IngestTopic {
  const plain = thingTopic(pattern)
  return {
    ...plain,
    of: (rule, thing) => `$aws/rules/${rule}/${plain.of(thing)}`,
    policyResource: (rule) => `topic/$aws/rules/${rule}/${plain.of(OWN_CN)}`,
  }
}
