// sandbox/src/cloud/account.ts: the one AWS account and region that this cloud is, and how its ARNs are spelled.

export interface Account {
  /** 12 digits. */
  readonly accountId: string
  readonly region: string
}

/** `arn:aws:<service>:<region>:<account>:<resource>` (AWS General Reference, «Amazon Resource Names»). */
export const arn = (service: string, { accountId, region }: Account, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`

/** ARNs of global services have no region: `arn:aws:iam::<account>:role/x`. */
export const globalArn = (service: string, { accountId }: Account, resource: string) => `arn:aws:${service}::${accountId}:${resource}`
