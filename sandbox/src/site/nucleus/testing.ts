// sandbox/src/site/nucleus/testing.ts: what all tests of the nucleus need: short waits, a folder of their own, and patience with a busy machine.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Timings } from './timing.ts'

/** Tests wait less than a nucleus. */
export const QUICK: Timings = {
  ...{ provisioningStep: 2000, provisioningConnectRetry: 50, reconfigured: 10, subscriptionRetry: 100, cloudRetry: 40, dockerRetry: 20 },
  ...{ servicePoll: 20, statusSpacing: 0, gracefulStop: 500, mqtt3Connect: 20 },
}

/** Looks again until it is as expected; how long that takes is no matter of these tests. */
export const eventually = <T>(look: () => T) => expect.poll(look, { interval: 20 })

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nucleus-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
