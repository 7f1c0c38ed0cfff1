// sandbox/src/site/nucleus/mqtt/message.ts: messages to and from the cloud, whatever the version of MQTT.

/** What MQTT 5 carries beside topic and payload. */
export interface MessageProperties {
  readonly isUtf8?: boolean
  readonly responseTopic?: string
  readonly correlationData?: Uint8Array
  readonly messageExpirySeconds?: number
  readonly contentType?: string
  readonly userProperties?: readonly (readonly [name: string, value: string])[]
}

export interface CloudMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1
  readonly retain: boolean
  readonly properties: MessageProperties
}

/** The cloud answered a publish, subscribe or connect with a reason that is none of success (MQTT 5.0 §2.4). */
export class MqttRefusal extends Error {
  override readonly name = 'MqttException'
  readonly reasonCode: number

  constructor(message: string, reasonCode: number) {
    super(message)
    this.reasonCode = reasonCode
  }
}

/** The request was not even sent, because it cannot be right. */
export class MqttRequestError extends Error {
  override readonly name = 'MqttRequestException'
}
