// packages/contract/src/topics.ts: every topic between cloud and device, and between the components of one device.
import { ingestTopic, thingTopic } from './topic.ts'
import { namedShadow } from './shadow.ts'

/** Named shadows: what the cloud wants of a component and what the component reports. */
export const shadows = { led: namedShadow('led'), button: namedShadow('button'), osUpdate: namedShadow('osUpdate') } as const

/** What devices report, by basic ingest, to the stage's telemetry rule. `{thing}` is compared with the connection by the IoT policy. */
export const telemetry = {
  led: ingestTopic('fleet/{thing}/telemetry/led'),
  button: ingestTopic('fleet/{thing}/telemetry/button'),
  osUpdate: ingestTopic('fleet/{thing}/telemetry/osUpdate'),
  health: ingestTopic('fleet/{thing}/telemetry/health'),
} as const

/** Alarms that a device raises and clears, by basic ingest, to the stage's alarm rule (alarm.ts has what they say). */
export const alarms = {
  'too-hot': ingestTopic('fleet/{thing}/alarm/too-hot'),
  'disk-full': ingestTopic('fleet/{thing}/alarm/disk-full'),
  'led-fault': ingestTopic('fleet/{thing}/alarm/led-fault'),
} as const

/**
 * Local publish/subscribe between the components of one device: works without the cloud, but keeps nothing. So who has just begun to
 * listen asks (`buttonAsked`, with no content), and the button repeats its last press.
 */
export const local = { buttonPressed: 'fleet/button/pressed', buttonAsked: 'fleet/button/asked' } as const

/** The messages of certificate rotation (rotation.ts has what they say). */
export const rotation = {
  // from the device
  csr: thingTopic('fleet/{thing}/rotation/csr'),
  prove: thingTopic('fleet/{thing}/rotation/prove'),
  outcome: thingTopic('fleet/{thing}/rotation/outcome'),
  // to the device
  signed: thingTopic('fleet/{thing}/rotation/signed'),
  refused: thingTopic('fleet/{thing}/rotation/refused'),
  proven: thingTopic('fleet/{thing}/rotation/proven'),
  finished: thingTopic('fleet/{thing}/rotation/finished'),
} as const
