// sandbox/src/cloud/fleet-provisioning/pre-provisioning-hook.ts: asks the template's function whether a device may be provisioned.
import { isJsonObject } from './json.ts'
import type { FunctionInvoker, InvocationResult } from '../ports.ts'

/** Developer guide, «Pre-provisioning hooks»: «must finish running and return within 5 seconds». */
const HOOK_MS = 5000

/** What the function gets, in AWS's words. */
export interface HookEvent {
  readonly claimCertificateId: string
  readonly certificateId: string
  readonly certificatePem: string
  readonly templateArn: string
  readonly clientId: string
  readonly parameters: Readonly<Record<string, string>>
}

export type HookVerdict =
  | { readonly allowed: true; readonly parameterOverrides: Readonly<Record<string, string>> }
  | { readonly allowed: false; readonly why: string }

/** Only `{ allowProvisioning: true }` lets a device in. */
export async function askHook(functions: FunctionInvoker, functionArn: string, event: HookEvent): Promise<HookVerdict> {
  const caller = { service: 'iot.amazonaws.com', sourceArn: event.templateArn }
  return verdictOf(await functions.invoke({ functionArn, payload: event, caller, waitMs: HOOK_MS }))
}

function verdictOf(result: InvocationResult): HookVerdict {
  switch (result.kind) {
    case 'answered':
      return readReply(result.payload)
    case 'failed':
      return denied(`the pre-provisioning hook failed: ${result.errorType}: ${result.errorMessage}`)
    case 'timed-out':
      return denied(`the pre-provisioning hook did not answer within ${HOOK_MS / 1000} s`)
    case 'refused':
      return denied(`the pre-provisioning hook could not be invoked: ${result.why}`)
  }
}

function readReply(reply: unknown): HookVerdict {
  if (!isJsonObject(reply)) return denied('the pre-provisioning hook answered with no object')
  if (reply['allowProvisioning'] !== true) return denied('the pre-provisioning hook did not allow it')
  const overrides = reply['parameterOverrides'] ?? {}
  if (!isJsonObject(overrides)) return denied('the parameterOverrides of the pre-provisioning hook are no object')
  const strings = Object.entries(overrides).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  if (strings.length < Object.keys(overrides).length) return denied('the parameterOverrides of the pre-provisioning hook are not all strings')
  return { allowed: true, parameterOverrides: Object.fromEntries(strings) }
}

const denied = (why: string): HookVerdict => ({ allowed: false, why })
