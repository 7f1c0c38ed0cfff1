// os-image/test/uefi/pulled.ts: which blobs of images the sandbox's registry has handed out, by its log.
import type { RunningSandbox } from '../../../e2e/running-sandbox.ts'

export interface Pulled {
  readonly digest: string
  readonly bytes: number
}

/** Begins to count; what it answers tells what has been pulled since. */
export function pulls({ told }: RunningSandbox): () => readonly Pulled[] {
  const from = told.length
  return () => told.slice(from).flatMap((line) => (line.includes('"image layer pulled"') ? [JSON.parse(line) as Pulled] : [])) // the line of sandbox/src/cloud/ecr/registry
}
