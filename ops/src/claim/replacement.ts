// ops/src/claim/replacement.ts: how far the replacement of a claim is, and which former claims are still in service: one object, written as a whole.
import { claimKeys } from '@fleet/contract/names'
import * as z from 'zod'
import type { ObjectStore } from '../aws/objects.ts'

const Replacement = z.object({
  /** The claim that takes over; null when none is on its way. Both in PEM. */
  next: z.object({ privateKey: z.string(), certificate: z.string().optional() }).nullable(),
  /** Cards that were flashed before carry these. */
  former: z.array(z.object({ certificateId: z.string(), replacedAt: z.iso.datetime() })),
})
export type Replacement = z.infer<typeof Replacement>
export type FormerClaim = Replacement['former'][number]

export interface StoredReplacement extends Replacement {
  /** undefined: no claim was ever replaced. */
  readonly etag: string | undefined
  readonly storedAt: Date
}

export async function readReplacement(store: ObjectStore): Promise<StoredReplacement> {
  const stored = await store.read(claimKeys.replacement)
  if (!stored) return { next: null, former: [], etag: undefined, storedAt: new Date(0) }
  return { ...Replacement.parse(JSON.parse(stored.text)), etag: stored.etag, storedAt: stored.storedAt }
}

/** Only over what was read. False: another run was faster. */
export const writeReplacement = (store: ObjectStore, { etag }: Pick<StoredReplacement, 'etag'>, { next, former }: Replacement): Promise<boolean> =>
  store.replace(claimKeys.replacement, JSON.stringify({ next, former }), { was: etag, contentType: 'application/json' })
