// ops/src/shell/on-path.ts: finds a program as a shell would.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Its file in the first folder of `path` that has it, and lets it be executed. */
export function onPath(program: string, path = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, process.platform === 'win32' ? `${program}.exe` : program))
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false // the next folder may have it
  }
}
