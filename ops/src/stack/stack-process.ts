// ops/src/stack/stack-process.ts: the process that one command of the in-process engine runs in: takes the order from its parent, reports to it.
import { loadLeanSdk } from './lean-sdk.ts'
import { reported, type StackReport } from './stack-report.ts'
import type { StackOrder } from './stack-run.ts'

const report = (message: StackReport) => void process.send?.(message)
const reportLast = (message: StackReport) => void process.send?.(message, () => process.disconnect())

process.once('disconnect', () => process.exit(1)) // without the parent nobody hears of it; the state file knows what was done
process.on('unhandledRejection', () => undefined) // what was rejected because its resource failed is told by the operations
loadLeanSdk()
process.once('message', (order) => void reported(order as StackOrder, report).then(reportLast)) // only our own parent has this channel
