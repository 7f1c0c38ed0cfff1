// sandbox/src/opening/steps.ts: runs the steps of the way from nothing to a fleet, tells how they go, and how long they take.
import { FleetError } from '@fleet/contract/errors'
import type { Story } from '../story/story.ts'

export interface StepText<Result> {
  readonly title: string
  /** What came of it, in a few words. */
  readonly told?: (result: Result) => string
}

/** `note` tells what it is at. */
export type Steps = <Result>(text: StepText<Result>, work: (note: (text: string) => void) => Promise<Result>) => Promise<Result>

/** A step fails with a FleetError, or with the signal's reason when it aborts; work under way then is left to end by itself. */
export function stepsOf(story: Pick<Story, 'step'>, signal: AbortSignal): Steps {
  return async ({ title, told = () => '' }, work) => {
    const started = performance.now()
    const tell = (state: 'started' | 'going' | 'done' | 'failed', note: string) => story.step({ title, state, note, tookMs: performance.now() - started })
    signal.throwIfAborted()
    tell('started', '')
    try {
      const result = await unlessAborted(work((note) => signal.aborted || tell('going', note)), signal)
      tell('done', told(result))
      return result
    } catch (error) {
      if (!signal.aborted) tell('failed', '')
      throw error instanceof FleetError || signal.aborted ? error : unexpected(title, error)
    }
  }
}

function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason as Error) // what abort() was given; an Error throughout this repository
  signal.addEventListener('abort', abort)
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort))
}

const unexpected = (title: string, cause: unknown) =>
  new FleetError('UNEXPECTED', `${title}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, 'Report this, with the log of the sandbox: log/sandbox.log in its state folder.', { cause })
