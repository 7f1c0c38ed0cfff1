// infra/src/admission/admit.ts: decides whether a device may join: listed, holder of a certificate in its own name, through our template.
import { isSerialNumber } from '@fleet/contract/serial-number'

export interface Applicant {
  readonly templateArn: string
  /** The device's own words. */
  readonly serial: string
  /** Of the certificate that it has just got; undefined when there is not exactly one. */
  readonly commonName: string | undefined
}

export interface Fleet {
  readonly templateArn: string
  readonly allowlist: { has(serial: string): boolean }
}

/** `admitted`, or why not. */
export type Verdict =
  | 'admitted'
  | 'not through our provisioning template'
  | 'not a serial number'
  | 'certificate without one common name'
  | 'certificate in another name'
  | 'not on the allowlist'

/** Reasons come in the order of what an operator can do about them: the allowlist last, since a line in it is the usual remedy. */
export function admit({ templateArn, serial, commonName }: Applicant, fleet: Fleet): Verdict {
  if (templateArn !== fleet.templateArn) return 'not through our provisioning template'
  if (!isSerialNumber(serial)) return 'not a serial number'
  if (commonName === undefined) return 'certificate without one common name'
  if (commonName !== serial) return 'certificate in another name'
  return fleet.allowlist.has(serial) ? 'admitted' : 'not on the allowlist'
}
