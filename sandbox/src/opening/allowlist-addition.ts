// sandbox/src/opening/allowlist-addition.ts: the serial numbers that were made up for this sandbox: admitted beside the user's allowlist, which is never touched.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { parseAllowlist } from '@fleet/contract/allowlist'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { replaceFile } from '@fleet/ops/stack/durable-file'

export interface AllowlistAddition {
  readonly file: string
  /** As they stand in the file. */
  readonly serials: readonly SerialNumber[]
  write(serials: readonly SerialNumber[]): void
}

const HEAD = `# The serial numbers of simulated Pis that \`npm start -- --pis N\` has made up.
# The sandbox and \`fleet allowlist\` read these lines as if they stood in allowlist.txt.
`

/** Without serial numbers there is no file. @throws FleetError ALLOWLIST_MALFORMED */
export function allowlistAddition(file: string): AllowlistAddition {
  return {
    file,
    serials: existsSync(file) ? parseAllowlist(readFileSync(file, 'utf8'), file).serials : [],
    write: (serials) => (serials.length === 0 ? rmSync(file, { force: true }) : replaceFile(file, `${HEAD}${serials.map((serial) => `${serial}\n`).join('')}`)),
  }
}
