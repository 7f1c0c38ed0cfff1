// packages/contract/src/rotation.ts: what device and cloud say to each other while a certificate is replaced.
import * as z from 'zod'
import { ROTATION_OPERATION } from './rotation-job.ts'

/** AWS IoT's id of a certificate: the SHA-256 of its DER, in hex. */
export const CertificateId = z.string().regex(/^[0-9a-f]{64}$/)
const KeyDigest = z.string().regex(/^[0-9a-f]{64}$/)
const jobId = z.string().regex(/^[\w-]{1,64}$/)

export const RotationDocument = z.object({
  operation: z.literal(ROTATION_OPERATION),
  /** Is to be replaced. */
  certificateId: CertificateId,
})

/** To the cloud, on `rotation.csr`: please sign. */
export const SigningRequest = z.object({ jobId, csr: z.string() })

/** To the device, on `rotation.signed`. */
export const Signed = z.object({ jobId, key: KeyDigest, certificateId: CertificateId, certificatePem: z.string() })

/** To the device, on `rotation.refused`: this key will not be signed. `reason` for a person. */
export const Refused = z.object({ jobId, key: KeyDigest.optional(), reason: z.string() })

/** To the cloud, on `rotation.prove`; comes back on `rotation.proven` with the certificate that the connection was made with. */
export const Prove = z.object({ jobId })
export const Proven = z.object({ jobId, certificateId: CertificateId })

/**
 * To the cloud, on `rotation.outcome`, when the host will not switch again: `inCharge` is the certificate in use, over whose connection this
 * must come; all others of the thing go. `other` is the one that this rotation leaves behind, as far as the device knows it.
 */
export const Outcome = z.object({ jobId, outcome: z.enum(['installed', 'rolled-back']), inCharge: CertificateId, other: CertificateId.optional() })

/** To the device, on `rotation.finished`: `inCharge` is now the thing's only certificate. */
export const Finished = z.object({ jobId, inCharge: CertificateId })

export type Signed = z.infer<typeof Signed>
export type Outcome = z.infer<typeof Outcome>
