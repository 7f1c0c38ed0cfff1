// ops/src/doctor/run.ts: `fleet doctor`.
import { explained } from '../aws/aws-failure.ts'
import { EXIT } from '../shell/exit-code.ts'
import { asFleetError } from '../shell/failure.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { checksOf } from './checks.ts'
import { examined } from './examination.ts'
import { renderExamination } from './render.ts'

export async function runDoctor({ shell, target }: Invocation<object>) {
  const where = target()
  const findings = await examined(checksOf(where, shell), (error) => asFleetError(explained(error, where)))
  show(shell, { stage: where.stage.stage, findings }, renderExamination)
  return findings.some(({ health }) => health === 'error') ? EXIT.failed : EXIT.done
}
