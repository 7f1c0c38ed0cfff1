// scripts/patient-waits.ts: gives `vi.waitFor` and `vi.waitUntil` the patience that `expect.poll` has by vitest.config.ts; their own is a second.
import { vi } from 'vitest'
import { PATIENCE_MS } from './patience.ts'

const patient = (options?: Parameters<typeof vi.waitFor>[1]) => (typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options })
const { waitFor, waitUntil } = vi

vi.waitFor = (holds, options) => waitFor(holds, patient(options))
vi.waitUntil = (holds, options) => waitUntil(holds, patient(options))
