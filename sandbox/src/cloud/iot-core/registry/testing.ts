// sandbox/src/cloud/iot-core/registry/testing.ts: a registry in memory with a clock to set, for tests of what stands on it.
import type { Account } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import { openPki } from '../../pki/pki.ts'
import { certificateRequest, standingClock } from '../../pki/testing.ts'
import type { Call } from '../../service.ts'
import { openStore, type Store } from '../../store/store.ts'
import { openRegistry } from './registry.ts'

export const ACCOUNT: Account = { accountId: '000000000000', region: 'eu-central-1' }

export const CALL: Call = {
  requestId: '00000000-0000-0000-0000-000000000000',
  principal: { kind: 'account', arn: 'arn:aws:iam::000000000000:root', accessKeyId: 'AKIATEST' },
  account: ACCOUNT,
  origin: 'http://127.0.0.1:4566',
  headers: {},
}

export function registryInMemory(store: Store = openStore(':memory:')) {
  const clock = standingClock()
  const pki = openPki({ store, clock })
  return { store, clock, pki, account: ACCOUNT, ...openRegistry({ store, clock, account: ACCOUNT, pki }) }
}

export type TestRegistry = ReturnType<typeof registryInMemory>

const { csr: SOME_REQUEST } = await certificateRequest('CN=some-device')

/** A fresh active certificate; the request is the same each time, the certificate is not. */
export function activeCertificate({ operations }: TestRegistry): { readonly certificateId: string; readonly arn: string } {
  const { certificateId, certificateArn } = operations.CreateCertificateFromCsr({ certificateSigningRequest: SOME_REQUEST, setAsActive: true })
  return { certificateId, arn: certificateArn }
}

/** The code and message of the error that `work` ends with, as a client sees them. */
export async function errorOf(work: () => unknown): Promise<{ readonly code: string; readonly message: string; readonly members: Readonly<Record<string, unknown>> }> {
  try {
    await work()
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message, members: error.members }
    throw error
  }
  throw new Error('it did not fail')
}

/** Names on all pages of a list of two a page. */
export function allPages(list: (token: string | undefined) => { readonly names: readonly string[]; readonly next: string | undefined }): string[] {
  const names: string[] = []
  let token: string | undefined
  do {
    const page = list(token)
    if (page.names.length > 2) throw new Error('a page is longer than was asked for')
    names.push(...page.names)
    token = page.next
  } while (token !== undefined)
  return names
}
