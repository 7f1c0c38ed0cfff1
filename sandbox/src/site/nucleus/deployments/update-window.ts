// sandbox/src/site/nucleus/deployments/update-window.ts: waits for the moment when components let a deployment happen (componentUpdatePolicy).
import type { Log } from '@fleet/log'
import type { Deferral, UpdateNotices } from '../ipc/update-notices.ts'
import { pause } from '../timing.ts'

export interface UpdateWindowOptions {
  readonly notices: UpdateNotices
  readonly log: Log
  readonly deploymentId: string
  readonly timeoutMs: number
  readonly isNucleusRestarting: boolean
  readonly signal: AbortSignal
}

/** Resolves when nobody defers any more: who does not answer is waited for until the timeout, who defers is asked again after the time that it names. */
export async function untilComponentsAreReady(options: UpdateWindowOptions): Promise<void> {
  const { notices, log, deploymentId, isNucleusRestarting, signal } = options
  for (;;) {
    signal.throwIfAborted()
    const deferrals = await answersWithin(options, notices.before(deploymentId, isNucleusRestarting))
    const [longest] = deferrals.filter(({ recheckAfterMs }) => recheckAfterMs > 0).sort((one, other) => other.recheckAfterMs - one.recheckAfterMs)
    if (longest === undefined) return notices.forget()
    log.info(`deferred for ${longest.recheckAfterMs} millis with message ${longest.message}`)
    await pause(longest.recheckAfterMs, signal)
  }
}

async function answersWithin({ timeoutMs, signal }: UpdateWindowOptions, asked: readonly Promise<Deferral>[]): Promise<Deferral[]> {
  const answers: Deferral[] = []
  const over = new AbortController()
  const all = Promise.all(asked.map(async (each) => void answers.push(await each)))
  try {
    await Promise.race([all, pause(timeoutMs, AbortSignal.any([signal, over.signal]))])
  } finally {
    over.abort()
  }
  return answers
}
