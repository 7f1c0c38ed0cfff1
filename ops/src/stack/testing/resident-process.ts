// ops/src/stack/testing/resident-process.ts: tests only: a process that runs one order after another, so that Pulumi's SDK is loaded once and not for each.
import { loadLeanSdk } from '../lean-sdk.ts'
import { reported, type StackReport } from '../stack-report.ts'
import type { StackOrder } from '../stack-run.ts'

export interface ResidentOrder {
  readonly order: StackOrder
  /** All of it: what an order before had is gone. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

const report = (message: StackReport) => void process.send?.(message)

process.once('disconnect', () => process.exit())
process.on('unhandledRejection', () => undefined) // as in stack-process.ts
loadLeanSdk()
process.on('message', (message) => void serve(message as ResidentOrder).then(report))

function serve({ order, environment }: ResidentOrder): Promise<StackReport> {
  process.env = { ...environment }
  // pulumi `runtime/state.ts`: all that the SDK knows of a run is in this store, which it makes anew when there is none.
  Object.assign(globalThis, { globalStore: undefined, stackResource: undefined })
  return reported(order, report)
}
