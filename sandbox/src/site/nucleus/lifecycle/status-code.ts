// sandbox/src/site/nucleus/lifecycle/status-code.ts: why a component is ERRORED or BROKEN, in the words that fleet status carries.
import type { State } from './state.ts'

const TIMEOUT_ADVICE = "didn't finish within the timeout period. Increase the timeout to give it more time to run or check your code."
const withCode = (what: string) => (exitCode: number) => `The ${what} script exited with code ${exitCode}.`

interface Status {
  readonly description: string
  readonly exited?: (exitCode: number) => string
}

const STATUS = {
  NONE: { description: '' },
  INSTALL_ERROR: { description: 'An error occurred during installation.', exited: withCode('install') },
  INSTALL_CONFIG_NOT_VALID: { description: "Installation couldn't be completed. The structure of the installation section of the recipe is not valid. Check the install section and try your request again." },
  INSTALL_IO_ERROR: { description: 'There was an I/O error during installation. Check the component log for more information.' },
  INSTALL_TIMEOUT: { description: `Install script ${TIMEOUT_ADVICE}` },
  STARTUP_ERROR: { description: 'An error occurred during startup.', exited: withCode('startup') },
  STARTUP_CONFIG_NOT_VALID: { description: "The component couldn't be started. The structure of the startup section of the recipe is not valid. Check the startup section and try your request again." },
  STARTUP_IO_ERROR: { description: 'There was an I/O error starting the component. Check the component log for more information.' },
  STARTUP_TIMEOUT: { description: `Startup script ${TIMEOUT_ADVICE}` },
  RUN_ERROR: { description: 'An error occurred while running the component.', exited: withCode('run') },
  RUN_CONFIG_NOT_VALID: { description: "The component couldn't run. The structure of the run section of the recipe is not valid. Check the run section and try your request again." },
  RUN_IO_ERROR: { description: 'There was an I/O error running the component. Check the component log for more information.' },
  RUN_TIMEOUT: { description: `Run script ${TIMEOUT_ADVICE}` },
  SHUTDOWN_ERROR: { description: 'An error occurred while shutting down the component.', exited: withCode('shutdown') },
  SHUTDOWN_TIMEOUT: { description: `Shutdown script ${TIMEOUT_ADVICE}` },
  UNINSTALL_ERROR: { description: 'An error occurred while uninstalling the component.' },
} as const satisfies Record<string, Status>

export type StatusCode = keyof typeof STATUS

export interface StatusDetails {
  readonly statusCodes: readonly StatusCode[]
  readonly statusReason: string
}

export function statusDetails(code: StatusCode, exitCode?: number): StatusDetails {
  const { description, exited }: Status = STATUS[code]
  const statusReason = exitCode === undefined || exited === undefined ? description : `${description} ${exited(exitCode)}`
  return { statusCodes: [code], statusReason }
}

/** When a service errs and says no more. */
export function defaultErrorCode(from: State): StatusCode {
  const codes: Partial<Record<State, StatusCode>> = { NEW: 'INSTALL_ERROR', INSTALLED: 'INSTALL_ERROR', STARTING: 'STARTUP_ERROR', RUNNING: 'RUN_ERROR', STOPPING: 'SHUTDOWN_ERROR', UNINSTALLING: 'UNINSTALL_ERROR' }
  return codes[from] ?? 'NONE'
}

export type Step = 'bootstrap' | 'install' | 'startup' | 'run' | 'shutdown' | 'recover' | 'uninstall'

const STEP_CODES: Partial<Record<Step, 'INSTALL' | 'STARTUP' | 'RUN'>> = { install: 'INSTALL', startup: 'STARTUP', run: 'RUN' }

export const configNotValid = (step: Step): StatusCode => codeOf(step, 'CONFIG_NOT_VALID')
export const ioError = (step: Step): StatusCode => codeOf(step, 'IO_ERROR')

function codeOf(step: Step, ending: 'CONFIG_NOT_VALID' | 'IO_ERROR'): StatusCode {
  const stem = STEP_CODES[step]
  return stem === undefined ? 'NONE' : `${stem}_${ending}`
}
