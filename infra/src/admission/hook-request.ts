// infra/src/admission/hook-request.ts: reads the event of a pre-provisioning hook, by hand: a schema library would be most of the bundle.
import { TEMPLATE_PARAMETER, type HookRequest } from '@fleet/contract/provisioning'

/** The request, or undefined when a member that we decide by is not text. Further members are ignored. */
export function readHookRequest(event: unknown): HookRequest | undefined {
  if (!isRecord(event) || !isRecord(event['parameters'])) return undefined
  const { certificateId, certificatePem, templateArn, parameters } = event
  const serial = Object.hasOwn(parameters, TEMPLATE_PARAMETER) ? parameters[TEMPLATE_PARAMETER] : undefined
  if (typeof certificateId !== 'string' || typeof certificatePem !== 'string' || typeof templateArn !== 'string' || typeof serial !== 'string') return undefined
  return { certificateId, certificatePem, templateArn, parameters: { [TEMPLATE_PARAMETER]: serial } }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
