// ops/src/deploy/run-pause.ts: `fleet deploy pause`, `fleet deploy resume` and `fleet deploy retry`.
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import type { Target } from '../target/target.ts'
import { goOn, pause, retry, type Spreading } from './spread.ts'

type Paused = Awaited<ReturnType<typeof pause>>

export async function runPause({ shell, target }: Invocation<object>) {
  show(shell, await changed(target(), pause), () => 'The rollout is paused: devices that have the release keep it, no further one is told. Next: fleet deploy resume, or fleet deploy rollback')
  return EXIT.done
}

export async function runResume({ shell, target }: Invocation<object>) {
  show(shell, await changed(target(), goOn), ({ deploymentId }) => `The rollout goes on, as deployment ${deploymentId}.`)
  return EXIT.done
}

export async function runRetry({ shell, target }: Invocation<object>) {
  show(shell, await changed(target(), retry), ({ deploymentId }) => `Every device is told once more, by deployment ${deploymentId}. Next: fleet deploy --watch`)
  return EXIT.done
}

const changed = (target: Target, change: (spreading: Spreading) => Promise<Paused>): Promise<Paused> =>
  explaining(target, async () => {
    await assertAccount(target)
    return change({ greengrass: named(new GreengrassV2Client(clientConfig(target))), stage: target.stage })
  })
