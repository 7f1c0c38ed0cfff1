// ops/src/bootstrap/github-repository.ts: which repository on GitHub the workflows run in.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { FleetError } from '@fleet/contract/errors'
import { REPOSITORY } from '../target/repository.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/

/** @throws FleetError USAGE */
export function parseRepository(text: string): string {
  if (NAME.test(text)) return text
  throw new FleetError('USAGE', `«${text}» is no repository`, 'Give it as owner/name.')
}

/** `owner/name` of the remote `origin`; undefined when there is none, or it is not on github.com. */
export async function repositoryOfOrigin(): Promise<string | undefined> {
  const url = await promisify(execFile)('git', ['-C', REPOSITORY, 'remote', 'get-url', 'origin']).then(
    ({ stdout }) => stdout.trim(),
    () => '', // no git, no repository, no such remote
  )
  return repositoryIn(url)
}

export function repositoryIn(url: string): string | undefined {
  const name = /^(?:https:\/\/(?:[^@/]+@)?github\.com\/|git@github\.com:|ssh:\/\/git@github\.com\/)(.+?)(?:\.git)?\/?$/.exec(url)?.[1]
  return name !== undefined && NAME.test(name) ? name : undefined
}
