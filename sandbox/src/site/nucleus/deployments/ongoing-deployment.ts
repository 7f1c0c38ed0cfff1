// sandbox/src/site/nucleus/deployments/ongoing-deployment.ts: what a deployment that restarts the nucleus leaves for the next run of it.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TransactionLine } from '../config/transaction-log.ts'
import { flushFolder, makeFolder, readText, replaceFile } from '../durable-file.ts'
import type { NucleusPaths } from '../paths.ts'
import type { DeploymentStage, DeploymentType } from './deployment.ts'
import type { FailureReport } from './deployment-error.ts'
import type { DeploymentDocument } from './document.ts'

export interface BootstrapTask {
  readonly component: string
  readonly isDone: boolean
}

export interface OngoingDeployment {
  readonly type: DeploymentType
  readonly id: string
  readonly document: DeploymentDocument
  readonly stage: Exclude<DeploymentStage, 'DEFAULT'>
  readonly tasks: readonly BootstrapTask[]
  /** Why it is rolled back. */
  readonly failure?: FailureReport | undefined
}

export interface OngoingDeployments {
  /** As the real nucleus: `deployments/ongoing` is there while one is carried out. Units of the host look at it. */
  readonly begin: () => void
  readonly read: () => OngoingDeployment | undefined
  /** From now on the next run goes on with it. */
  readonly write: (deployment: OngoingDeployment) => void
  /** The configuration before it, which must be written first. */
  readonly writeSnapshot: (lines: readonly TransactionLine[]) => void
  readonly snapshot: () => readonly TransactionLine[]
  readonly remove: () => void
}

export function ongoingDeployments(paths: NucleusPaths): OngoingDeployments {
  const folder = join(paths.deployments, 'ongoing')
  const metadata = join(folder, 'deployment_metadata.json')
  const snapshot = join(folder, 'rollback_snapshot.tlog')
  return {
    begin: () => makeFolder(folder),
    read() {
      const text = readText(metadata)
      return text === undefined ? undefined : (JSON.parse(text) as OngoingDeployment) // written whole by `write`
    },
    write: (deployment) => replaceFile(metadata, JSON.stringify(deployment)),
    writeSnapshot(lines) {
      makeFolder(folder)
      replaceFile(snapshot, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    },
    snapshot: () => (readText(snapshot) ?? '').split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as TransactionLine])), // written whole by `writeSnapshot`
    remove() {
      if (!existsSync(folder)) return
      rmSync(metadata, { force: true }) // first, so that a cut in between leaves nothing to go on with
      flushFolder(folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
