// sandbox/src/site/docker/piped.ts: pipes one stream into another so that an error goes along; a lost connection is not a stream that never ends.
import type { Readable, Transform } from 'node:stream'

/** `tell` puts the error into other words. */
export function piped(from: Readable, to: Transform, tell: (error: Error) => Error = (error) => error): Transform {
  from.once('error', (error) => to.destroy(tell(error)))
  return from.pipe(to)
}
