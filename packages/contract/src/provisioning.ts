// packages/contract/src/provisioning.ts: what a device says when it asks to be provisioned, and what the admission hook is asked and answers.

/** The provisioning template's only parameter; the device's own words, so the hook compares it with the certificate's CN. */
export const TEMPLATE_PARAMETER = 'SerialNumber'

/** The event of a pre-provisioning hook (AWS IoT guide, «Pre-provisioning hooks»), as far as this fleet looks at it. No schema library here: the hook's bundle stays small. */
export interface HookRequest {
  readonly certificateId: string
  readonly certificatePem: string
  readonly templateArn: string
  readonly parameters: { readonly [TEMPLATE_PARAMETER]: string }
}

/** Its answer; anything else refuses the device. */
export interface HookReply {
  readonly allowProvisioning: boolean
}

/**
 * MQTT client id of a device that provisions itself by claim. The claim policy allows these alone: no serial number contains `_`,
 * so whoever holds the claim certificate cannot take over (and thereby cut) the connection of a provisioned device.
 */
export const claimClientId = (serial: string) => `${CLAIM_CLIENT_PREFIX}${serial}`
export const CLAIM_CLIENT_PREFIX = 'claim_'
