// packages/device-runtime/src/bus/ipc-stream-closing.ts: keeps aws-crt from freeing a stream twice when the connection goes while a call begins.
import { eventstream } from 'aws-crt'

type Stream = eventstream.ClientStream

/**
 * To be called before the first connection; calling it again changes nothing. aws-crt 1.33 counts two ends of a stream whose first message could not be written: that message's, and the lost connection's. With those its
 * memory is free, and a `close()` that follows, or comes before them, corrupts the heap: the process crashes, or hangs in malloc for ever.
 * So a stream is closed once its first message is out; it is not closed at all when that failed, because then it has been freed already.
 */
export function closeStreamsOnce(): void {
  const { prototype } = eventstream.ClientStream
  if (guarded.has(prototype)) return
  guarded.add(prototype)
  const activate = Reflect.get<typeof prototype, 'activate'>(prototype, 'activate')
  const close = Reflect.get<typeof prototype, 'close'>(prototype, 'close')
  const activations = new WeakMap<Stream, Promise<void>>()
  prototype.activate = function (this: Stream, options) {
    const activation = activate.call(this, options)
    if (!activations.has(this)) activations.set(this, activation)
    return activation
  }
  prototype.close = function (this: Stream) {
    const activation = activations.get(this)
    if (activation === undefined) close.call(this)
    else activation.then(() => close.call(this), (why: unknown) => why instanceof Error && close.call(this)) // an Error: refused before anything was sent
  }
}

const guarded = new WeakSet<object>()
