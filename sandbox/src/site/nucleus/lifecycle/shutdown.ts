// sandbox/src/site/nucleus/lifecycle/shutdown.ts: brings all services to rest, each after those that need it.
import type { Log } from '@fleet/log'
import { TimeoutError, within } from '../timing.ts'
import type { Services } from './services.ts'

const SHUTDOWN_MS = 30_000

export async function stopServices(services: Services, log: Log): Promise<void> {
  const all = services.ordered().toReversed()
  try {
    await within(SHUTDOWN_MS, Promise.all(all.map((service) => service.close())), 'shutdown of services')
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error
    log.error('services-shutdown-errored', { error, unclosed: all.flatMap(({ name, lifecycle }) => (lifecycle.state === 'STOPPING' || lifecycle.state === 'RUNNING' ? [name] : [])) })
  }
  await Promise.all(all.map(async (service) => service.forceStop?.())) // also processes that outlived their shutdown step
}
