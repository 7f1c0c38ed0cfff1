// packages/contract/src/registry.ts: what the fleet writes into a thing's attributes: whose it is, whether it is suspended, whether its stack was taken away.

/**
 * Thing attributes. A list of things carries them, so that a reconcile of N unchanged devices costs ceil(N/250) list calls.
 * Devices cannot write them: no device policy grants iot:UpdateThing.
 */
export const THING_ATTRIBUTES = {
  /** The thing group's name; the provisioning template sets it. */
  fleet: 'fleet',
  /** When the device was suspended (ISO 8601), absent while it is admitted. */
  suspendedAt: 'suspendedAt',
  /** Ids of the certificates of a device that is being removed for good, with commas: a purge that was killed is finished by the next one. */
  purging: 'purging',
  /** When its stack was destroyed under it (ISO 8601): its certificate lost the policy, the thing its group, until both are given back. */
  strandedAt: 'strandedAt',
} as const
