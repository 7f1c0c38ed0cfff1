// sandbox/src/cloud/cognito/users.ts: the groups and users of a user pool, as administrators look after them.
import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from 'node:crypto'
import type { AdminGetUserResponse, GroupType, UserType } from '@aws-sdk/client-cognito-identity-provider'
import { AwsError } from '../aws-error.ts'
import { keyOf, prefixOf } from '../store/store.ts'
import { pageOf, pageOfList } from '../wire/paging.ts'
import { deleteAll, groupsOf, invalid, theGroup, thePool, theUser, type GroupRecord, type PoolRecord, type UserRecord } from './user-pool-records.ts'
import { type UserPoolContext, type UserPoolOperations, withKeys } from './user-pools.ts'

const PAGE = { usual: 60, most: 60 }
const badToken = () => invalid('Invalid pagination token.')

export function userOperations({ clock, tables }: UserPoolContext) {
  const { groups, users, members } = tables
  const put = (poolId: string, username: string, change: Partial<UserRecord>) => users.put(keyOf(poolId, username), { ...theUser(tables, poolId, username), ...change, changedAt: clock.now() })
  return {
    CreateGroup({ UserPoolId: poolId = '', GroupName: name = '', Description: description, RoleArn: roleArn, Precedence: precedence }) {
      thePool(tables, poolId)
      if (groups.get(keyOf(poolId, name))) throw new AwsError('GroupExistsException', 'A group with the name already exists.')
      const now = clock.now()
      groups.put(keyOf(poolId, name), { description, roleArn, precedence, createdAt: now, changedAt: now })
      return { Group: shownGroup(poolId, name, theGroup(tables, poolId, name)) }
    },
    GetGroup: ({ UserPoolId: poolId = '', GroupName: name = '' }) => ({ Group: shownGroup(poolId, name, theGroup(tables, poolId, name)) }),
    UpdateGroup({ UserPoolId: poolId = '', GroupName: name = '', Description: description, RoleArn: roleArn, Precedence: precedence }) {
      groups.put(keyOf(poolId, name), { createdAt: theGroup(tables, poolId, name).createdAt, description, roleArn, precedence, changedAt: clock.now() })
      return { Group: shownGroup(poolId, name, theGroup(tables, poolId, name)) }
    },
    DeleteGroup({ UserPoolId: poolId = '', GroupName: name = '' }) {
      theGroup(tables, poolId, name)
      groups.delete(keyOf(poolId, name))
      for (const [key] of members.all(prefixOf(poolId))) if (key.endsWith(keyOf('', name))) members.delete(key)
      return {}
    },
    ListGroups({ UserPoolId: poolId = '', Limit: asked, NextToken: token }) {
      thePool(tables, poolId)
      const prefix = prefixOf(poolId)
      const { items, nextToken } = pageOf((options) => withKeys(groups.page({ ...options, prefix })), { token, size: { asked, ...PAGE }, invalid: badToken })
      return { Groups: items.map(([key, group]) => shownGroup(poolId, key.slice(prefix.length), group)), NextToken: nextToken }
    },
    AdminCreateUser({ UserPoolId: poolId = '', Username: username = '', UserAttributes = [], TemporaryPassword = randomPassword() }) {
      const pool = thePool(tables, poolId)
      if (users.get(keyOf(poolId, username))) throw new AwsError('UsernameExistsException', 'User account already exists')
      refuseWeak(pool, TemporaryPassword)
      const [now, sub] = [clock.now(), randomUUID()]
      users.put(keyOf(poolId, username), { sub, attributes: [{ Name: 'sub', Value: sub }, ...UserAttributes], status: 'FORCE_CHANGE_PASSWORD', isEnabled: true, password: hashed(TemporaryPassword), createdAt: now, changedAt: now })
      return { User: shownUser(username, theUser(tables, poolId, username)) }
    },
    AdminSetUserPassword({ UserPoolId: poolId = '', Username: username = '', Password: password = '', Permanent = false }) {
      refuseWeak(thePool(tables, poolId), password)
      put(poolId, username, { password: hashed(password), status: Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD' })
      return {}
    },
    AdminGetUser({ UserPoolId: poolId = '', Username = '' }): AdminGetUserResponse {
      const { attributes, isEnabled, status, createdAt, changedAt } = theUser(tables, poolId, Username)
      return { Username, UserAttributes: [...attributes], Enabled: isEnabled, UserStatus: status, UserCreateDate: createdAt, UserLastModifiedDate: changedAt }
    },
    AdminDisableUser: ({ UserPoolId: poolId = '', Username: username = '' }) => (put(poolId, username, { isEnabled: false }), {}),
    AdminEnableUser: ({ UserPoolId: poolId = '', Username: username = '' }) => (put(poolId, username, { isEnabled: true }), {}),
    AdminDeleteUser({ UserPoolId: poolId = '', Username: username = '' }) {
      theUser(tables, poolId, username)
      users.delete(keyOf(poolId, username))
      deleteAll(members, prefixOf(poolId, username))
      return {}
    },
    ListUsers({ UserPoolId: poolId = '', Limit: asked, PaginationToken: token }) {
      thePool(tables, poolId)
      const prefix = prefixOf(poolId)
      const { items, nextToken } = pageOf((options) => withKeys(users.page({ ...options, prefix })), { token, size: { asked, ...PAGE }, invalid: badToken })
      return { Users: items.map(([key, user]) => shownUser(key.slice(prefix.length), user)), PaginationToken: nextToken }
    },
    AdminAddUserToGroup({ UserPoolId: poolId = '', Username: username = '', GroupName: name = '' }) {
      theUser(tables, poolId, username)
      theGroup(tables, poolId, name)
      members.put(keyOf(poolId, username, name), true)
      return {}
    },
    AdminRemoveUserFromGroup({ UserPoolId: poolId = '', Username: username = '', GroupName: name = '' }) {
      theUser(tables, poolId, username)
      theGroup(tables, poolId, name)
      members.delete(keyOf(poolId, username, name))
      return {}
    },
    AdminListGroupsForUser({ UserPoolId: poolId = '', Username: username = '', Limit: asked, NextToken: token }) {
      theUser(tables, poolId, username)
      const { items, nextToken } = pageOfList(groupsOf(tables, poolId, username), { keyOf: ([name]) => name, token, size: { asked, ...PAGE }, invalid: badToken })
      return { Groups: items.map(([name, group]) => shownGroup(poolId, name, group)), NextToken: nextToken }
    },
  } satisfies UserPoolOperations
}

const shownGroup = (UserPoolId: string, GroupName: string, { description, roleArn, precedence, createdAt, changedAt }: GroupRecord): GroupType => ({ GroupName, UserPoolId, Description: description, RoleArn: roleArn, Precedence: precedence, CreationDate: createdAt, LastModifiedDate: changedAt })

const shownUser = (Username: string, { attributes, isEnabled, status, createdAt, changedAt }: UserRecord): UserType => ({ Username, Attributes: [...attributes], Enabled: isEnabled, UserStatus: status, UserCreateDate: createdAt, UserLastModifiedDate: changedAt })

const randomPassword = () => `Aa1!${randomBytes(12).toString('base64url')}`

/** The pool's own rules; Cognito's defaults ask for all four kinds and eight characters. @throws AwsError */
export function refuseWeak({ settings }: PoolRecord, password: string): void {
  const rules = settings.Policies?.PasswordPolicy ?? { MinimumLength: 8, RequireLowercase: true, RequireNumbers: true, RequireSymbols: true, RequireUppercase: true }
  const faults: (readonly [unknown, boolean, string])[] = [
    [true, password.length >= (rules.MinimumLength ?? 8), 'Password not long enough'],
    [rules.RequireLowercase, /[a-z]/.test(password), 'Password must have lowercase characters'],
    [rules.RequireUppercase, /[A-Z]/.test(password), 'Password must have uppercase characters'],
    [rules.RequireNumbers, /\d/.test(password), 'Password must have numeric characters'],
    [rules.RequireSymbols, /[^A-Za-z0-9]/.test(password), 'Password must have symbol characters'],
  ]
  const fault = faults.find(([isAsked, holds]) => isAsked === true && !holds)
  if (fault) throw new AwsError('InvalidPasswordException', `Password did not conform with policy: ${fault[2]}`)
}

export function hashed(password: string): string {
  const salt = randomBytes(16)
  return `${salt.toString('base64')}:${scryptSync(password, salt, 32, COST).toString('base64')}`
}

export function isPassword(kept: string, password: string): boolean {
  const [salt = '', hash = ''] = kept.split(':').map((part) => Buffer.from(part, 'base64'))
  return Buffer.isBuffer(hash) && timingSafeEqual(hash, scryptSync(password, salt, 32, COST))
}

/** Cheap enough for one thread that also answers everybody else. */
const COST = { N: 4096 }
