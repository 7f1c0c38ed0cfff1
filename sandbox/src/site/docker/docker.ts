// sandbox/src/site/docker/docker.ts: what every docker command has at hand.
import type { Get } from './connection.ts'
import type { Containers } from './containers.ts'
import type { Credentials } from './credentials.ts'
import type { ImageStore } from './image-store.ts'

export interface Docker {
  readonly store: ImageStore
  readonly containers: Containers
  readonly credentials: Credentials
  /** Over the network of the Pi. */
  readonly get: Get
  readonly print: (line: string) => void
  /** To standard error. */
  readonly warn: (line: string) => void
}

export const VERSION = '28.2.2' // the client whose words these are
