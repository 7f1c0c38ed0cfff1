// sandbox/src/cloud/fleet-provisioning/unclaimed-certificates.ts: certificates that were given out to be registered: made, and removed when nobody did in time.
import { hasLapsed } from '../iot-core/registry/certificate-records.ts'
import { putCertificate, removeCertificate } from '../iot-core/registry/certificates.ts'
import type { RegistryState } from '../iot-core/registry/registry-state.ts'
import type { IssuedCertificate } from '../pki/pki.ts'
import { keyOf, partsOf, type Store, type Table } from '../store/store.ts'
import { TOKEN_LIFE_MS, type OwnershipTokens } from './ownership-token.ts'

/** API reference, CreateProvisioningClaim: temporary claims «expire after five minutes». */
const CLAIM_LIFE_MS = 5 * 60_000
/** Few at a time, because a device waits meanwhile. */
const SWEPT_AT_ONCE = 50

export interface UnclaimedCertificates {
  /** Keeps a certificate that must be registered within the hour. @returns its ownership token */
  keepPending(issued: IssuedCertificate): string
  /** Keeps a temporary claim for this template. @returns when it ends */
  keepClaim(issued: IssuedCertificate, templateName: string): Date
  /** Removes those whose time is over. */
  sweep(): void
}

export function unclaimedCertificates({ state, store, tokens }: { state: RegistryState; store: Store; tokens: OwnershipTokens }): UnclaimedCertificates {
  /** end, certificate id */
  const ends = store.table<true>('provisioning_unclaimed')
  let nextEnd = firstEnd(ends)
  const endsAt = (at: Date, certificateId: string) => {
    ends.put(keyOf(at.toISOString(), certificateId), true)
    if (nextEnd === undefined || at.toISOString() < nextEnd) nextEnd = at.toISOString()
  }
  const inMs = (milliseconds: number) => new Date(state.clock.now().getTime() + milliseconds)
  return {
    keepPending(issued) {
      const registerBefore = inMs(TOKEN_LIFE_MS)
      state.change(() => {
        putCertificate(state, issued, { status: 'PENDING_ACTIVATION', registerBefore })
        endsAt(registerBefore, issued.certificateId)
      })
      return tokens.issue(issued.certificateId, registerBefore)
    },
    keepClaim(issued, templateName) {
      const end = inMs(CLAIM_LIFE_MS)
      state.change(() => {
        putCertificate(state, issued, { status: 'ACTIVE', claim: { templateName, endsAt: end } })
        endsAt(end, issued.certificateId)
      })
      return end
    },
    sweep() {
      if (nextEnd === undefined || state.clock.now().toISOString() < nextEnd) return // a device waits, and mostly nothing is due
      sweep(state, ends)
      nextEnd = firstEnd(ends)
    },
  }
}

const firstEnd = (ends: Table<true>): string | undefined => ends.page({ limit: 1 }).items.map(([key]) => partsOf(key)[0])[0]

function sweep(state: RegistryState, ends: Table<true>): void {
  const now = state.clock.now().toISOString()
  const isDue = ([key]: readonly [string, true]) => (partsOf(key)[0] ?? '') <= now
  const due = ends.page({ limit: SWEPT_AT_ONCE }).items.filter(isDue)
  state.change(() => {
    for (const [key] of due) {
      const certificateId = partsOf(key)[1] ?? ''
      const record = state.tables.certificates.get(certificateId)
      if (record && (record.claim || hasLapsed(state, certificateId, record))) removeCertificate(state, certificateId)
      ends.delete(key)
    }
  })
}
