// ops/src/target/running-sandbox.ts: finds the sandbox that runs from this repository, by the file that it keeps while it runs.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { SANDBOX_ENDPOINTS_FILE, SANDBOX_FOLDER, SandboxEndpoints } from '@fleet/contract/sandbox-endpoints'
import { REPOSITORY } from './repository.ts'

export interface RunningSandbox {
  readonly endpoints: SandboxEndpoints
  readonly folder: string
}

/** `npm start -- --state DIR` is found by FLEET_SANDBOX_STATE=DIR. */
export const sandboxFolder = (environment: Readonly<Record<string, string | undefined>>): string => {
  const named = environment['FLEET_SANDBOX_STATE']
  return named === undefined || named === '' ? join(REPOSITORY, SANDBOX_FOLDER) : resolve(named)
}

/** undefined when none runs: no file, or the process that wrote it is gone. @throws FleetError SANDBOX_ENDPOINTS_INVALID */
export function runningSandbox(folder: string): RunningSandbox | undefined {
  const file = join(folder, SANDBOX_ENDPOINTS_FILE)
  const text = contentOf(file)
  if (text === undefined) return undefined
  const endpoints = parsed(text, file)
  return isAlive(endpoints.pid) ? { endpoints, folder } : undefined
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // none has run here, or its state was removed
  }
}

function parsed(text: string, file: string): SandboxEndpoints {
  try {
    return SandboxEndpoints.parse(JSON.parse(text))
  } catch (cause) {
    throw new FleetError('SANDBOX_ENDPOINTS_INVALID', `${file} is not what a sandbox of this version writes`, 'Start the sandbox anew (npm start), or delete the file; --aws speaks to AWS.', { cause })
  }
}

/** Signal 0 only asks. A process of another user is alive too. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
