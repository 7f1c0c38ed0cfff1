// sandbox/src/site/java-nucleus/log-reader.ts: what lines of greengrass.log say of the connection and of the states of services. The phrases are the nucleus's own.

export interface LogReader {
  readonly connected: boolean
  /** By service, in the order in which they were first named. */
  readonly states: ReadonlyMap<string, string>
  readonly read: (line: string) => void
}

const STATE = /service-set-state\. \{serviceName=([^,}]+).*newState=([A-Z]+)/ // Lifecycle.setState
const CONNECTED = /Successfully connected to AWS IoT Core|Connection resumed/ // AwsIotMqtt5Client, AwsIotMqttClient
/** A session that was taken over is the nucleus's own newer connection, which may be told of before: it connects twice after it was provisioned. */
const INTERRUPTED = /Connection interrupted(?!.*SESSION_TAKEN_OVER)|Failed to connect to AWS IoT Core/

export function logReader(): LogReader {
  const states = new Map<string, string>()
  let connected = false
  return {
    get connected() {
      return connected
    },
    states,
    read(line) {
      const [, service = '', state = ''] = STATE.exec(line) ?? []
      if (service !== '') states.set(service, state)
      if (CONNECTED.test(line)) connected = true
      else if (INTERRUPTED.test(line)) connected = false
    },
  }
}
