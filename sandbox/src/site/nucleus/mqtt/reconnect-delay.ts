// sandbox/src/site/nucleus/mqtt/reconnect-delay.ts: how long to wait before connecting again: doubling, bounded, with jitter.

export interface ReconnectDelay {
  readonly nextMs: () => number
  /** A connection stood for so long; after a good while the next wait is short again. */
  readonly connectedFor: (ms: number) => void
}

/** As the AWS SDK's MQTT 5 client: any time between the least wait and the doubled one, so that a fleet does not return at one moment. */
export function reconnectDelay(seconds: () => { readonly least: number; readonly most: number }, resetAfterSeconds: () => number): ReconnectDelay {
  let tries = 0
  return {
    nextMs() {
      const { least, most } = seconds()
      const longest = Math.min(most, least * 2 ** ++tries)
      return (least + Math.random() * (longest - least)) * 1000
    },
    connectedFor(ms) {
      if (ms >= resetAfterSeconds() * 1000) tries = 0
    },
  }
}
