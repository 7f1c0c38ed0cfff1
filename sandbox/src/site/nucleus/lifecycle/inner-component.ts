// sandbox/src/site/nucleus/lifecycle/inner-component.ts: a component whose work is done inside the nucleus, as its plugins are.
import type { ComponentActions } from './component.ts'
import type { Lifecycle } from './lifecycle.ts'

const STEP_MS = 30_000

const idle: ComponentActions = {
  install: async () => {},
  startup: async () => {},
  shutdown: async () => {},
  uninstall: async () => {},
  recover: async () => {},
  bootstrap: () => Promise.resolve(0),
  timeoutMs: () => STEP_MS,
  errorResetMs: () => 3_600_000,
  hold() {},
  isHeld: false,
  forceStop: async () => {},
}

/** Runs `work` from its start until it is stopped. A rejection is an error of the component. */
export function innerComponent(lifecycle: () => Lifecycle, work: (signal: AbortSignal) => Promise<void>): ComponentActions {
  let running: { readonly stopping: AbortController; readonly ended: Promise<void> } | undefined
  const stop = async () => {
    running?.stopping.abort(new Error('the component is stopped'))
    await running?.ended
    running = undefined
  }
  return {
    ...idle,
    async startup() {
      await stop()
      const stopping = new AbortController()
      const ended = work(stopping.signal).catch((error: unknown) => stopping.signal.aborted || lifecycle().errored({ code: 'RUN_ERROR', error }))
      running = { stopping, ended: ended.then(() => {}) }
      lifecycle().report('RUNNING')
    },
    shutdown: stop,
    forceStop: stop,
  }
}

/** A part of the nucleus that is listed as a service: it runs whenever it is started. */
export function innerService(lifecycle: () => Lifecycle, { start, stop }: { readonly start?: () => Promise<void> | void; readonly stop?: () => Promise<void> } = {}): ComponentActions {
  return {
    ...idle,
    async startup() {
      await start?.()
      lifecycle().report('RUNNING')
    },
    shutdown: async () => stop?.(),
  }
}

/** A kind of component that this nucleus cannot run: that is an error at once, so that its deployment fails loudly. */
export function unsupportedComponent(lifecycle: () => Lifecycle, what: string): ComponentActions {
  return { ...idle, install: () => Promise.resolve(lifecycle().errored({ code: 'INSTALL_ERROR', reason: what })) }
}
