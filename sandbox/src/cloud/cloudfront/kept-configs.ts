// sandbox/src/cloud/cloudfront/kept-configs.ts: what CloudFront keeps: configurations by id, each with an ETag that changes and deletions must show.
import { randomBytes, randomInt } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Table } from '../store/store.ts'

export interface KeptConfig<Config> {
  readonly config: Config
  readonly etag: string
  readonly changedAt: Date
}

export interface KeptConfigs<Config> {
  /** @throws AwsError */
  at(id: string | undefined): KeptConfig<Config>
  find(id: string): KeptConfig<Config> | undefined
  all(): readonly (readonly [id: string, kept: KeptConfig<Config>])[]
  put(id: string, config: Config): KeptConfig<Config>
  /** @throws AwsError InvalidIfMatchVersion, PreconditionFailed */
  change(id: string | undefined, ifMatch: string | undefined, config: Config): KeptConfig<Config>
  delete(id: string | undefined, ifMatch: string | undefined): void
}

export function keptConfigs<Config>(table: Table<KeptConfig<Config>>, { clock, missing }: { readonly clock: Clock; readonly missing: (id: string) => AwsError }): KeptConfigs<Config> {
  const at = (id = '') => {
    const kept = table.get(id)
    if (!kept) throw missing(id)
    return kept
  }
  const mustMatch = (id: string | undefined, ifMatch: string | undefined) => {
    const { etag } = at(id)
    if (ifMatch === undefined || ifMatch === '') throw new AwsError('InvalidIfMatchVersion', 'The If-Match version is missing or not valid for the resource.')
    if (ifMatch !== etag) throw new AwsError('PreconditionFailed', 'The request failed because it didn\'t meet the preconditions in one or more request-header fields.')
  }
  const put = (id: string, config: Config) => {
    const kept = { config, etag: cloudFrontId(), changedAt: clock.now() }
    table.put(id, kept)
    return kept
  }
  return {
    at,
    find: (id) => table.get(id),
    all: () => table.all(),
    put,
    change(id, ifMatch, config) {
      mustMatch(id, ifMatch)
      return put(id ?? '', config)
    },
    delete(id, ifMatch) {
      mustMatch(id, ifMatch)
      table.delete(id ?? '')
    },
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** As ids and ETags of CloudFront look: `E2QWRUHAPOMQZL`. */
export const cloudFrontId = () => `E${Array.from({ length: 13 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`

/** `d111111abcdef8.cloudfront.net` */
export const newDomainName = () => `d${randomBytes(7).toString('hex').slice(0, 13)}.cloudfront.net`
