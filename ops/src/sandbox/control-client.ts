// ops/src/sandbox/control-client.ts: asks a running sandbox to do something to its simulated Pis, over the HTTP API beside its console page.
import { ERROR_CODES, FleetError } from '@fleet/contract/errors'
import { BadRelease, CloudTime, controlPaths, ControlRefusal, PiList, SandboxPi, type ClockOrder, type CloudClockOrder, type HeatOrder, type NetworkOrder, type PowerOrder } from '@fleet/contract/sandbox-control'
import type { SerialNumber } from '@fleet/contract/serial-number'
import type * as z from 'zod'

export interface ControlClient {
  pis(): Promise<readonly SandboxPi[]>
  /** Each answers with the Pi as it is then. @throws FleetError SANDBOX_REFUSED */
  power(serial: SerialNumber, order: PowerOrder): Promise<SandboxPi>
  press(serial: SerialNumber): Promise<SandboxPi>
  unplug(serial: SerialNumber): Promise<SandboxPi>
  network(serial: SerialNumber, order: NetworkOrder): Promise<SandboxPi>
  clock(serial: SerialNumber, order: ClockOrder): Promise<SandboxPi>
  heat(serial: SerialNumber, order: HeatOrder): Promise<SandboxPi>
  corruptCard(serial: SerialNumber): Promise<SandboxPi>
  cloudClock(order: CloudClockOrder): Promise<CloudTime>
  badRelease(): Promise<BadRelease>
}

/** `console` is the address of the page: `http://127.0.0.1:8080`. */
export function controlClient(console: string): ControlClient {
  const get = <T>(path: string, schema: z.ZodType<T>) => ask(new URL(path, console), schema)
  const post = <T>(path: string, schema: z.ZodType<T>, body: object) => ask(new URL(path, console), schema, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const order = (path: string, body: object) => post(path, SandboxPi, body)
  return {
    pis: async () => (await get(controlPaths.pis, PiList)).pis,
    power: (serial, body) => order(controlPaths.power(serial), body),
    press: (serial) => order(controlPaths.press(serial), {}),
    unplug: (serial) => order(controlPaths.unplug(serial), {}),
    network: (serial, body) => order(controlPaths.network(serial), body),
    clock: (serial, body) => order(controlPaths.clock(serial), body),
    heat: (serial, body) => order(controlPaths.heat(serial), body),
    corruptCard: (serial) => order(controlPaths.corruptCard(serial), {}),
    cloudClock: (body) => post(controlPaths.cloudClock, CloudTime, body),
    badRelease: () => post(controlPaths.badRelease, BadRelease, {}),
  }
}

/** A Pi that is shut down in order takes a few seconds, a release that is deployed half a minute on a busy machine. */
const PATIENCE_MS = 120_000

async function ask<T>(url: URL, schema: z.ZodType<T>, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }).catch((cause: unknown) => {
    throw new FleetError('ENDPOINT_UNREACHABLE', `no answer from the sandbox at ${url.origin}`, 'Look whether it still runs (npm start).', { cause })
  })
  const content = await json(answer)
  if (!answer.ok) throw refusal(url, answer.status, content)
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  throw new FleetError('SANDBOX_REFUSED', `what answers at ${url.origin} is no sandbox of this version`, 'Start the sandbox anew (npm start).', { cause: parsed.error })
}

const json = (answer: Response): Promise<unknown> => answer.json().catch(() => undefined) // what is no JSON is no answer of ours

function refusal(url: URL, status: number, content: unknown): FleetError {
  const told = ControlRefusal.safeParse(content)
  if (told.success) return new FleetError(ERROR_CODES.find((code) => code === told.data.code) ?? 'SANDBOX_REFUSED', told.data.what, told.data.remedy)
  return new FleetError('SANDBOX_REFUSED', `the sandbox answered ${url.pathname} with ${status}`, 'Its own log says why; start it anew (npm start) if it stays so.')
}
