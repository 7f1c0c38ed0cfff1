// console/src/cloud/one-per-cloud.ts: a client of a service is made when a page first needs it, once for whoever is signed in.
import type { Cloud } from './clients.ts'

export function onePerCloud<Client>(make: (cloud: Cloud) => Client): (cloud: Cloud) => Client {
  const clients = new WeakMap<Cloud, { readonly client: Client }>()
  return (cloud) => {
    const known = clients.get(cloud) ?? { client: make(cloud) }
    clients.set(cloud, known)
    return known.client
  }
}
