// components/cert-rotator/src/host.ts: what rotator and host unit (os-image/identity) say to each other, in two small files.
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import type { Happened } from './rotation.ts'

/** `try`, `keep` or `back`, and the generation. */
export const WISH = 'wish'
/** `trying`, `kept` or `back`, the generation, and a reason in words. */
const ANSWER = 'answer'

export const certificateFile = (jobId: string) => `${jobId}.pem`

export async function wish(files: FileStore, verb: 'try' | 'keep' | 'back', jobId: string): Promise<void> {
  const line = `${verb} ${jobId}\n`
  await files.replace(WISH, line) // also when it says so already: the change of the file wakes the host unit, which may have slept through the first
}

/** Which rotation the latest wish was about. */
export async function wishedJob(files: FileStore): Promise<string | undefined> {
  return /^(?:try|keep|back) ([\w-]{1,64})\n$/.exec((await files.read(WISH)) ?? '')?.[1]
}

/** What the host unit says last; undefined when it has said nothing yet. */
export async function hostAnswer(host: Pick<FileStore, 'read'>): Promise<Happened | undefined> {
  const [, answer, jobId, reason] = /^(trying|kept|back) ([\w-]{1,64})(?: (.*))?\n$/.exec((await host.read(ANSWER)) ?? '') ?? []
  if (answer !== 'trying' && answer !== 'kept' && answer !== 'back') return undefined
  return { kind: 'host', answer, jobId: jobId ?? '', ...(reason !== undefined && { reason }) }
}
