// e2e/outsiders/device-sdks/javascript/events.ts: waits for messages of one of the SDK's streams.
import { once } from 'node:events'
import type { mqtt_request_response } from 'aws-iot-device-sdk-v2'

export interface Events<Message> extends Disposable {
  /** The first that is so, of those that have come since it was opened and those to come. */
  first(isIt: (message: Message) => boolean): Promise<Message>
}

/** Resolves when the broker has taken the subscription. */
export async function listen<Message>(stream: mqtt_request_response.StreamingOperation<Message>): Promise<Events<Message>> {
  const come: Message[] = []
  stream.on('incomingPublish', ({ message }) => void come.push(message))
  const failed = once(stream, 'incomingPublishError').then(([event]: { readonly error: Error }[]) => Promise.reject(event?.error ?? new Error('a message cannot be read')))
  failed.catch(() => undefined) // whoever waits hears of it
  const established = once(stream, 'subscriptionStatus')
  stream.open()
  await established
  return {
    async first(isIt) {
      for (;;) {
        const found = come.find(isIt)
        if (found !== undefined) return found
        await Promise.race([once(stream, 'incomingPublish'), failed])
      }
    },
    [Symbol.dispose]: () => stream.close(),
  }
}
