// bench/src/machine.ts: describes the machine that was measured on.
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { arch, version } from 'node:process'

export interface Machine {
  readonly description: string
  /** Processes that wanted a core, on average of the minute before. */
  readonly load: number
  readonly at: Date
}

export function thisMachine(): Machine {
  const model = cpus()[0]?.model.trim() ?? ''
  const memoryGb = Math.round(totalmem() / 1e9)
  return {
    description: `${availableParallelism()} cores${model === '' || model === 'unknown' ? '' : ` (${model})`}, ${memoryGb} GB of memory, ${platform()} ${release()} ${arch}, Node.js ${version}`,
    load: loadavg()[0] ?? 0,
    at: new Date(),
  }
}
