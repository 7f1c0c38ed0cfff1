// sandbox/src/cloud/iot-core/rules/republish.ts: the message that a rule publishes.
/** What a rule gives to the broker. @throws AwsError, ActionFailed when it cannot be published */
export type Republish = (message: RepublishedMessage, ruleArn: string) => void

export interface RepublishedMessage {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1
  readonly properties: RepublishedProperties
}

export interface RepublishedProperties {
  readonly payloadFormatIndicator?: boolean
  readonly contentType?: string
  readonly responseTopic?: string
  readonly correlationData?: Buffer
  readonly messageExpiryInterval?: number
  readonly userProperties?: Readonly<Record<string, string>>
}
