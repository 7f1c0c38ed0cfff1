// bench/src/bench-process.ts: the process of one bench: its name in, its progress and its outcome to the parent.
import type { Bench, Outcome } from './bench.ts'
import { benches } from './benches.ts'

export type FromBench = { readonly say: 'how'; readonly how: string } | { readonly say: 'doing'; readonly doing: string } | ({ readonly say: 'outcome' } & Outcome)

const [name = ''] = process.argv.slice(2)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1)) // its children end with their channel to it
process.on('disconnect', () => process.exit(1))

const say = (message: FromBench) => new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
const { bench } = (await benches[name]?.()) ?? { bench: undefined as Bench | undefined }
if (bench === undefined) throw new Error(`there is no bench ${name}`)
await say({ say: 'how', how: bench.how })
const outcome = await bench.run((doing) => void say({ say: 'doing', doing }))
await say({ say: 'outcome', ...outcome })
process.exit(0)
