// sandbox/src/site/nucleus/lifecycle/backing-task.ts: the one piece of work that runs behind a state, and is given up when the state is left.

export interface BackingTask {
  /** Gives up what runs, and runs this instead. */
  readonly replace: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>
  /** Gives up what runs. */
  readonly stop: () => void
  readonly isRunning: boolean
}

export function backingTask(): BackingTask {
  let current: AbortController | undefined
  const stop = () => {
    current?.abort(new Error('the state was left'))
    current = undefined
  }
  return {
    async replace(work) {
      stop()
      const own = new AbortController()
      current = own
      try {
        await work(own.signal)
      } catch (error) {
        if (!own.signal.aborted) throw error
      } finally {
        if (current === own) current = undefined
      }
    },
    stop,
    get isRunning() {
      return current !== undefined
    },
  }
}
