// sandbox/src/cloud/iam/iam-records.ts: what IAM keeps: roles, policies, identity providers; and the errors that all of its operations share.
import { randomInt } from 'node:crypto'
import { type Account, globalArn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { keyOf, prefixOf, type Store, type Table } from '../store/store.ts'

export interface TagRecord {
  readonly Key: string
  readonly Value: string
}

export interface RoleRecord {
  readonly roleName: string
  readonly path: string
  readonly roleId: string
  readonly createDate: Date
  readonly trustPolicy: string
  readonly description: string
  readonly maxSessionSeconds: number
  readonly tags: readonly TagRecord[]
  /** ARN of the managed policy beyond which its other policies grant nothing. */
  readonly boundary?: string
}

/** A customer managed policy. */
export interface PolicyRecord {
  readonly policyName: string
  readonly path: string
  readonly policyId: string
  readonly description: string
  readonly createDate: Date
  readonly updateDate: Date
  readonly defaultVersionId: string
  readonly lastVersion: number
  readonly tags: readonly TagRecord[]
}

export interface PolicyVersionRecord {
  readonly versionId: string
  readonly document: string
  readonly createDate: Date
}

export interface IdentityProviderRecord {
  /** Without `https://`. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createDate: Date
  readonly tags: readonly TagRecord[]
}

export interface IamRecords {
  readonly roles: Table<RoleRecord>
  /** Document by role and policy name. */
  readonly inlinePolicies: Table<string>
  /** Policy ARN by role and that ARN. */
  readonly attachments: Table<string>
  readonly policies: Table<PolicyRecord>
  readonly policyVersions: Table<PolicyVersionRecord>
  readonly identityProviders: Table<IdentityProviderRecord>
}

export const iamRecords = (store: Store): IamRecords => ({
  roles: store.table('iam_roles'),
  inlinePolicies: store.table('iam_inline_policies'),
  attachments: store.table('iam_attachments'),
  policies: store.table('iam_policies'),
  policyVersions: store.table('iam_policy_versions'),
  identityProviders: store.table('iam_identity_providers'),
})

export const roleArn = (account: Account, { path, roleName }: Pick<RoleRecord, 'path' | 'roleName'>) => globalArn('iam', account, `role${path}${roleName}`)
export const policyArn = (account: Account, { path, policyName }: Pick<PolicyRecord, 'path' | 'policyName'>) => globalArn('iam', account, `policy${path}${policyName}`)

/** @throws AwsError NoSuchEntityException */
export function roleNamed({ roles }: IamRecords, roleName: string | undefined): RoleRecord {
  const role = roles.get(roleName ?? '')
  if (!role) throw noSuchEntity(`The role with name ${roleName ?? ''} cannot be found.`)
  return role
}

/** The role of an ARN, when it is this account's and is there. */
export function roleOfArn({ roles }: IamRecords, account: Account, arn: string): RoleRecord | undefined {
  const role = roles.get(arn.split('/').at(-1) ?? '')
  return role && roleArn(account, role) === arn ? role : undefined
}

export const inlineKey = (roleName: string, policyName: string) => keyOf(roleName, policyName)
export const ofRole = (roleName: string) => prefixOf(roleName)

export const noSuchEntity = (message: string) => new AwsError('NoSuchEntityException', message)
export const alreadyExists = (message: string) => new AwsError('EntityAlreadyExistsException', message)
export const deleteConflict = (message: string) => new AwsError('DeleteConflictException', message)
export const limitExceeded = (message: string) => new AwsError('LimitExceededException', message)

/** `AROA` and 17 characters of the alphabet that AWS uses for unique ids (IAM guide, «Unique identifiers»). */
export const uniqueId = (prefix: string): string => prefix + Array.from({ length: 17 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Documents are percent-encoded in answers (RFC 3986), as the API reference says of each. */
export const encodedDocument = (document: string): string => encodeURIComponent(document).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
