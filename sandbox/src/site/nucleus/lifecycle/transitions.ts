// sandbox/src/site/nucleus/lifecycle/transitions.ts: what happens in each state of a service: run its step, and move on.
import { within, TimeoutError } from '../timing.ts'
import type { EndsWait, Machine, ServiceActions } from './machine.ts'
import type { State } from './state.ts'
import type { StatusCode } from './status-code.ts'

export interface Situation {
  readonly desired: State | undefined
  readonly previous: State
}

type Handler = (machine: Machine, situation: Situation) => Promise<EndsWait> | EndsWait

const always: EndsWait = () => true

export const HANDLERS: Readonly<Record<State, Handler>> = {
  NEW: async (machine, { desired }) => (desired === undefined ? always : install(machine)),
  INSTALLED(machine, { desired }) {
    if (desired === undefined) return always
    if (desired !== 'RUNNING') return moved(machine, desired)
    return awaitDependencies(machine)
  },
  STARTING(machine, { desired }) {
    if (desired === undefined || (desired === 'RUNNING' && machine.backing.isRunning)) return always
    if (desired === 'RUNNING') return start(machine)
    machine.move('STOPPING')
    return always
  },
  RUNNING(machine, { desired }) {
    if (desired !== undefined) machine.move('STOPPING')
    return always
  },
  STOPPING: stop,
  FINISHED: (machine, { desired }) => (desired === undefined ? always : moved(machine, desired)),
  ERRORED: recover,
  BROKEN: rest,
  UNINSTALLING: uninstall,
  UNINSTALLED(machine, { desired }) {
    if (desired === 'NEW') machine.move('NEW')
    return always
  },
}

async function install(machine: Machine): Promise<EndsWait> {
  machine.beginGeneration()
  try {
    await limited(machine, 'install', machine.backing.replace((signal) => machine.actions.install(signal)))
    if (machine.lastReported !== 'ERRORED') machine.move('INSTALLED')
  } catch (error) {
    machine.errored(failureOf(error, 'INSTALL_TIMEOUT', 'Timeout in install'))
  } finally {
    machine.backing.stop()
  }
  return always
}

function awaitDependencies(machine: Machine): EndsWait {
  void machine.backing.replace(async (signal) => {
    await machine.actions.whenDependenciesReady(signal)
    machine.move('STARTING')
  })
  return () => {
    machine.backing.stop()
    return true
  }
}

function start(machine: Machine): EndsWait {
  const generation = machine.beginGeneration()
  const timeout = setTimeout(() => {
    if (machine.state === 'STARTING' && machine.generation === generation) machine.errored({ code: 'STARTUP_TIMEOUT', reason: 'startup timeout' })
  }, machine.actions.timeoutMs('startup'))
  machine.backing
    .replace(async (signal) => {
      if (!machine.actions.dependenciesReady()) machine.move('INSTALLED')
      else await machine.actions.startup(signal)
    })
    .catch((error: unknown) => machine.errored({ error }))
  return (event) => {
    if (event.kind === 'desired-states-changed' && machine.takeFirstDesired('STARTING') === 'RUNNING') return false
    clearTimeout(timeout)
    return true
  }
}

async function stop(machine: Machine): Promise<EndsWait> {
  const given = new AbortController()
  try {
    await limited(machine, 'shutdown', machine.actions.shutdown(given.signal))
    machine.setFailedInStartup(false)
    if (machine.lastReported !== 'ERRORED') return moved(machine, machine.takeFirstDesired('FINISHED') ?? 'FINISHED')
  } catch (error) {
    given.abort(error)
    machine.errored(failureOf(error, 'SHUTDOWN_TIMEOUT', 'Timeout in shutdown'))
  } finally {
    machine.backing.stop()
  }
  return always
}

async function recover(machine: Machine, { desired, previous }: Situation): Promise<EndsWait> {
  await machine.actions.recover()
  if (desired === undefined) machine.requestStart()
  if (previous === 'STARTING') machine.setFailedInStartup(true)
  if (previous === 'STARTING' || previous === 'RUNNING') machine.move('STOPPING')
  else if (previous === 'NEW') machine.move('NEW')
  else if (previous === 'UNINSTALLED' || previous === 'UNINSTALLING') machine.move('UNINSTALLED')
  else {
    machine.setFailedInStartup(false)
    return moved(machine, machine.takeFirstDesired('FINISHED') ?? 'FINISHED')
  }
  return always
}

/** BROKEN: stopped for good, until a deployment wants it installed anew or gone. */
async function rest(machine: Machine, { desired, previous }: Situation): Promise<EndsWait> {
  if (previous === 'STARTING' || previous === 'RUNNING' || previous === 'ERRORED') await stopBroken(machine)
  if (desired === 'NEW') {
    machine.move('NEW')
    machine.clearErrors()
  } else if (desired === 'UNINSTALLED' || (desired === 'FINISHED' && machine.uninstallRequested)) machine.move('UNINSTALLING')
  else if (desired !== undefined) machine.log.error('service is broken. Deployment is needed')
  return always
}

async function stopBroken(machine: Machine): Promise<void> {
  const given = new AbortController()
  try {
    await limited(machine, 'shutdown', machine.actions.shutdown(given.signal))
  } catch (error) {
    given.abort(error)
    machine.log.error('service-shutdown-error', { error })
  } finally {
    machine.backing.stop()
  }
}

async function uninstall(machine: Machine): Promise<EndsWait> {
  const given = new AbortController()
  try {
    await limited(machine, 'uninstall', machine.actions.uninstall(given.signal))
  } catch (error) {
    given.abort(error)
    machine.log.error('Service Errored while UNINSTALLING, proceeding to UNINSTALLED', { error })
  }
  machine.move('UNINSTALLED')
  return always
}

/** Nothing of it runs any more: on to what is wanted. */
function moved(machine: Machine, desired: State): EndsWait {
  if (machine.uninstallRequested && machine.state === 'FINISHED') machine.move('UNINSTALLING')
  else if (machine.isClosed) machine.move('FINISHED')
  else if (desired === 'NEW' || desired === 'FINISHED') machine.move(desired)
  else if (desired === 'INSTALLED' || desired === 'RUNNING') machine.move('INSTALLED')
  else machine.move('UNINSTALLING')
  return always
}

function limited<T>(machine: Machine, step: Parameters<ServiceActions['timeoutMs']>[0], work: Promise<T>): Promise<T> {
  return within(machine.actions.timeoutMs(step), work, step)
}

const failureOf = (error: unknown, code: StatusCode, reason: string) => (error instanceof TimeoutError ? { code, reason } : { error })
