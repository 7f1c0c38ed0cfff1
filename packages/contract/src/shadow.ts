// packages/contract/src/shadow.ts: the MQTT topics of a named shadow (AWS IoT guide, «Device Shadow MQTT topics»).
import { thingTopic, type ThingTopic } from './topic.ts'

export interface NamedShadow {
  readonly name: string
  readonly get: ThingTopic
  readonly getAccepted: ThingTopic
  readonly getRejected: ThingTopic
  readonly update: ThingTopic
  readonly updateAccepted: ThingTopic
  readonly updateRejected: ThingTopic
  readonly updateDelta: ThingTopic
}

export function namedShadow(name: string): NamedShadow {
  const topic = (end: string) => thingTopic(`$aws/things/{thing}/shadow/name/${name}/${end}`)
  return {
    name,
    get: topic('get'),
    getAccepted: topic('get/accepted'),
    getRejected: topic('get/rejected'),
    update: topic('update'),
    updateAccepted: topic('update/accepted'),
    updateRejected: topic('update/rejected'),
    updateDelta: topic('update/delta'),
  }
}
