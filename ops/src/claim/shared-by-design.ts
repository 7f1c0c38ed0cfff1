// ops/src/claim/shared-by-design.ts: tells Device Defender that the claim certificate is meant to be on every card.
import type { IoTClient } from '@aws-sdk/client-iot'
import { acceptFinding } from '../audit/accept-finding.ts'

/**
 * Several boards at their first boot use the claim at once, which the audit would report as CRITICAL each time; a finding that is always
 * there teaches people to overlook findings. Its age stays audited.
 */
export const suppressSharing = (certificateId: string, iot: IoTClient): Promise<void> =>
  acceptFinding(iot, {
    checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK',
    resourceIdentifier: { deviceCertificateId: certificateId },
    description: 'The claim certificate, by which new devices introduce themselves. It may only provision.',
  })
