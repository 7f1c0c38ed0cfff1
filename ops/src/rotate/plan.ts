// ops/src/rotate/plan.ts: decides which devices are asked for a new certificate, and for which old one. Pure.

export interface HeldCertificate {
  readonly certificateId: string
  readonly status: string
  readonly createdAt: Date
}

export interface HeldByDevice {
  readonly serial: string
  readonly isSuspended: boolean
  readonly certificates: readonly HeldCertificate[]
}

export interface PlannedRotation {
  readonly serial: string
  readonly certificateId: string
  readonly ageDays: number
}

export interface RotationPlan {
  readonly rotate: readonly PlannedRotation[]
  readonly skip: readonly { readonly serial: string; readonly why: string }[]
}

const DAY_MS = 86_400_000

/** The oldest certificate names the job: of two that a device holds, one job retires both. */
export function planRotations(devices: readonly HeldByDevice[], { now, olderThanMs }: { readonly now: Date; readonly olderThanMs: number | undefined }): RotationPlan {
  const judged = devices.map(({ serial, isSuspended, certificates }): PlannedRotation | RotationPlan['skip'][number] => {
    const [oldest] = certificates.filter(({ status }) => status === 'ACTIVE').toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.certificateId.localeCompare(b.certificateId))
    if (isSuspended) return { serial, why: 'it is suspended' }
    if (oldest === undefined) return { serial, why: 'it has no active certificate' }
    const ageMs = now.getTime() - oldest.createdAt.getTime()
    if (olderThanMs !== undefined && ageMs <= olderThanMs) return { serial, why: 'its certificate is younger' }
    return { serial, certificateId: oldest.certificateId, ageDays: Math.floor(ageMs / DAY_MS) }
  })
  return { rotate: judged.filter((each) => 'certificateId' in each), skip: judged.filter((each) => 'why' in each) }
}
