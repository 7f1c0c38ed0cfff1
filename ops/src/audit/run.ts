// ops/src/audit/run.ts: `fleet audit`.
import { IoTClient } from '@aws-sdk/client-iot'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { runAuditNow } from './audit.ts'
import { renderAudit } from './render.ts'

export interface AuditOptions {
  readonly wait: number
}

export async function runAudit({ shell, options, target }: Invocation<AuditOptions>) {
  const where = target()
  const audit = await explaining(where, async () => {
    await assertAccount(where)
    const iot = named(new IoTClient(clientConfig(where)))
    return runAuditNow(iot, { waitMs: options.wait * 1000, signal: shell.signal, onLook: (done, of) => shell.progress.show(`auditing: ${done} of ${of} checks`) })
  })
  show(shell, audit, renderAudit)
  return audit.findings.length === 0 ? EXIT.done : EXIT.failed
}
