// sandbox/src/opening/ports.ts: the ports that this sandbox had before: taken again when any is free to choose, and led on from when they have changed.
import { existsSync, readFileSync } from 'node:fs'
import { FleetError } from '@fleet/contract/errors'
import { replaceFile } from '@fleet/ops/stack/durable-file'
import * as z from 'zod'

const Ports = z.object({ gateway: z.number(), mqtt: z.number(), console: z.number() })
export type Ports = z.infer<typeof Ports>
const Former = z.array(Ports)

export interface PortMemory {
  readonly last: Ports | undefined
  /** Where `host:port` of cards and images made earlier is now: what a Pi's network is told. */
  routes(now: Pick<Ports, 'gateway' | 'mqtt'>): Readonly<Record<string, string>>
  remember(now: Ports): void
}

/** The file only spares trouble: one that cannot be read is as good as none. */
export function portMemory(file: string): PortMemory {
  const former = existsSync(file) ? (Former.safeParse(json(readFileSync(file, 'utf8'))).data ?? []) : []
  return {
    last: former.at(-1),
    routes: (now) => Object.fromEntries(former.flatMap((then) => [...led(then.gateway, now.gateway), ...led(then.mqtt, now.mqtt)])),
    remember: (now) => replaceFile(file, JSON.stringify([...former.filter((then) => !isSame(then, now)), now])),
  }
}

/**
 * Opens something on the ports that are wanted. Where any is free to choose, the last one is tried first: it stands on cards and in images.
 * `roles`: the ports that it opens.
 */
export async function onPorts<Opened>(wanted: Ports, last: Ports | undefined, open: (ports: Ports) => Promise<Opened>): Promise<Opened> {
  const preferred: Ports = { gateway: wanted.gateway || (last?.gateway ?? 0), mqtt: wanted.mqtt || (last?.mqtt ?? 0), console: wanted.console || (last?.console ?? 0) }
  try {
    return await open(preferred)
  } catch (error) {
    if (!(error instanceof FleetError && error.code === 'PORT_IN_USE') || isSame(preferred, wanted)) throw error
    return await open(wanted)
  }
}

const led = (from: number, to: number) => (from === to ? [] : ['localhost', '127.0.0.1'].map((host) => [`${host}:${from}`, `127.0.0.1:${to}`] as const))

const isSame = (one: Ports, other: Ports) => one.gateway === other.gateway && one.mqtt === other.mqtt && one.console === other.console

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
