// infra/src/admission/hook.ts: answers AWS IoT's question «may this device be provisioned?» and says why in one line.
import type { Allowlist } from '@fleet/contract/allowlist'
import type { HookReply } from '@fleet/contract/provisioning'
import type { Log } from '@fleet/log'
import { counted } from '../counted.ts'
import { admit } from './admit.ts'
import { commonNameOf } from './certificate-name.ts'
import { readHookRequest } from './hook-request.ts'
import type { Applying } from './supersede.ts'

export interface HookContext {
  readonly templateArn: string
  readonly readAllowlist: () => Promise<Allowlist>
  /** Removes what this device was given before for the same key; never throws. */
  readonly supersede: (device: Applying) => Promise<void>
  readonly log: Log
  /** CloudWatch namespace that refusals are counted in. */
  readonly metrics: string
}

/** Whatever goes wrong refuses the device: it asks again with back-off, so nothing is lost but time. */
export function preProvisioningHook({ templateArn, readAllowlist, supersede, log, metrics }: HookContext): (event: unknown) => Promise<HookReply> {
  const refuse = refusing(log, metrics)
  return async (event) => {
    const request = readHookRequest(event)
    if (request === undefined) return refuse('not a request of a pre-provisioning hook')
    const { certificateId, certificatePem } = request
    const serial = request.parameters.SerialNumber
    try {
      const verdict = admit({ templateArn: request.templateArn, serial, commonName: commonNameOf(certificatePem) }, { templateArn, allowlist: await readAllowlist() })
      if (verdict !== 'admitted') return refuse(verdict, { serial, certificateId })
      await supersede({ serial, certificateId, certificatePem })
      log.info('device admitted', { serial, certificateId })
      return { allowProvisioning: true }
    } catch (error) {
      return refuse('the allowlist cannot be used', { serial, certificateId, error })
    }
  }
}

/** A refusal asks the operator to look; the device cannot tell why it was refused. */
const refusing =
  (log: Log, metrics: string) =>
  (why: string, fields: Readonly<Record<string, unknown>> = {}): HookReply => {
    log.warn('device refused', { why, ...fields, ...counted(metrics, 'DevicesRefused') })
    return { allowProvisioning: false }
  }
