// sandbox/src/site/nucleus/lifecycle/state.ts: the states of a service, and which of them it may report itself.

export const STATES = ['NEW', 'INSTALLED', 'STARTING', 'RUNNING', 'STOPPING', 'ERRORED', 'BROKEN', 'FINISHED', 'UNINSTALLING', 'UNINSTALLED'] as const
export type State = (typeof STATES)[number]

const CLOSABLE: ReadonlySet<State> = new Set(['ERRORED', 'BROKEN', 'FINISHED', 'NEW', 'UNINSTALLED'])

/** Nothing of it runs, so that its lifecycle can end here. */
export const isClosable = (state: State): boolean => CLOSABLE.has(state)

const REPORTABLE: Readonly<Partial<Record<State, readonly State[]>>> = {
  NEW: ['ERRORED'],
  STARTING: ['RUNNING', 'ERRORED', 'FINISHED'],
  RUNNING: ['ERRORED', 'FINISHED'],
  STOPPING: ['ERRORED', 'FINISHED'],
}

export const mayReport = (from: State, to: State): boolean => REPORTABLE[from]?.includes(to) === true
