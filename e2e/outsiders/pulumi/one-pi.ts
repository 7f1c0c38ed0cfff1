// e2e/outsiders/pulumi/one-pi.ts: one simulated Pi, from a flashed card to running components.
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { componentName, COMPONENTS } from '@fleet/contract/names'
import type { Target } from '@fleet/ops/target/target'
import { imageFor } from '@fleet/sandbox/opening/flash'
import { openSite } from '@fleet/sandbox/site/site'
import { ACCOUNT_ID, REGION, ROOT_KEY, type Twin } from '../twin.ts'
import { endpointsOf } from '@fleet/sandbox/opening/endpoints-file'

export interface Place {
  readonly twin: Twin
  readonly target: Target
  readonly folder: string
  readonly signal: AbortSignal
}

/** Resolves when every component runs on it; it is switched off then. */
export async function joinOnePi(serial: string, { twin, target, folder, signal }: Place): Promise<void> {
  const endpoints = endpointsOf({ stage: target.stage.stage, accountId: ACCOUNT_ID, region: REGION, ...ROOT_KEY }, twin, 0)
  await using site = openSite({
    ...{ folder, image: () => imageFor(target, endpoints, twin.caPem), routes: {}, onLine: () => undefined },
    patience: { firstMs: 500, mostMs: 4000, offlineMostMs: 2000, attemptMs: 60_000, pollMs: 100 },
  })
  const number = parseSerialNumber(serial)
  await site.place(number)
  await site.powerOn(number)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => reject(new Error(`it did not come so far in time: ${JSON.stringify(site.pis)}`)))
  using watching = new DisposableStack()
  const look = () => {
    const components = site.pis[0]?.stand.components ?? []
    if (COMPONENTS.every((each) => components.some(({ name, state }) => name === componentName(each) && state === 'RUNNING'))) resolve()
  }
  watching.defer(site.watch(look))
  look()
  await promise
}
