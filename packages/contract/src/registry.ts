// packages/contract/src/registry.ts: what the fleet writes into a thing's attributes: whose it is, and whether it is suspended.

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
} as const
