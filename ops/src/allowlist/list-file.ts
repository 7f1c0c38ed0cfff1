// ops/src/allowlist/list-file.ts: the allowlist as it stands in the repository.
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseAllowlist, type Allowlist } from '@fleet/contract/allowlist'
import { FleetError } from '@fleet/contract/errors'
import { REPOSITORY } from '../target/repository.ts'

export interface ListFile {
  /** As it was named. */
  readonly name: string
  /** As it is uploaded: comments and all, for whoever looks there. */
  readonly text: string
  readonly list: Allowlist
}

const ALLOWLIST = 'allowlist.txt'

/**
 * Without a path, allowlist.txt of the repository. `addition`: a file whose serial numbers count as if they stood in it, too (those that
 * `npm start -- --pis N` has made up). @throws FleetError ALLOWLIST_UNREADABLE, ALLOWLIST_MALFORMED
 */
export async function readListFile(given?: string, addition?: string): Promise<ListFile> {
  const name = given ?? ALLOWLIST
  const text = await contentOf(given === undefined ? join(REPOSITORY, ALLOWLIST) : resolve(given))
  const list = parseAllowlist(text, name)
  if (addition === undefined) return { name, text, list }
  const more = parseAllowlist(await contentOf(addition), addition).serials.filter((serial) => !list.has(serial))
  const all = `${text.replace(/\n?$/, '\n')}# ${addition}\n${more.join('\n')}\n`
  return { name, text: all, list: parseAllowlist(all, name) }
}

async function contentOf(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path))
  } catch (cause) {
    throw new FleetError('ALLOWLIST_UNREADABLE', `cannot read ${path}`, 'Name a text file in UTF-8, one serial number a line: --file <path>.', { cause })
  }
}
