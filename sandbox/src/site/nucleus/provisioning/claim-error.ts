// sandbox/src/site/nucleus/provisioning/claim-error.ts: why provisioning did not happen, with the names that the nucleus's log gives them.

/** A time-out or a lost connection: tried again. */
export class RetryableProvisioningError extends Error {
  override readonly name = 'com.aws.greengrass.provisioning.exceptions.RetryableProvisioningException'
}

/** The cloud has said no, in these words, or what is on the card cannot be used: not tried again before the nucleus is restarted. */
export class ProvisioningRefused extends Error {
  override readonly name = 'com.aws.greengrass.DeviceProvisioningRuntimeException'

  constructor(reason: string, options?: ErrorOptions) {
    super(`java.lang.RuntimeException: ${reason}`, options) // first boot reads the reason behind these words
  }
}
