// sandbox/src/cloud/iot-core/registry/role-aliases.ts: names under which devices ask for the credentials of a role.
import { iotArn } from './arns.ts'
import { alreadyExists, found, invalidRequest, required } from './errors.ts'
import { listed } from './listing.ts'
import type { IotOperations, RegistryState, RoleAliasRecord } from './registry-state.ts'
import { removeTags, setTags } from './tags.ts'

/** API reference, CreateRoleAlias: «The default value is 3,600 seconds.» */
const DEFAULT_DURATION_SECONDS = 3600

export function roleAliasOperations(state: RegistryState) {
  const { tables, account, clock } = state
  const named = (roleAlias: string) => ({ roleAlias, roleAliasArn: iotArn(account, 'rolealias', roleAlias) })
  return {
    CreateRoleAlias(input) {
      const alias = required(input.roleAlias, 'roleAlias')
      const roleArn = checkedRoleArn(required(input.roleArn, 'roleArn'))
      if (tables.roleAliases.get(alias)) throw alreadyExists(`Role alias ${alias} already exists`, alias, named(alias).roleAliasArn)
      const now = clock.now()
      state.change(() => {
        const credentialDurationSeconds = input.credentialDurationSeconds ?? DEFAULT_DURATION_SECONDS
        tables.roleAliases.put(alias, { roleArn, credentialDurationSeconds, createdAt: now, lastModifiedAt: now })
        setTags(state, named(alias).roleAliasArn, input.tags)
      })
      return named(alias)
    },
    DescribeRoleAlias(input) {
      const alias = required(input.roleAlias, 'roleAlias')
      const { roleArn, credentialDurationSeconds, createdAt, lastModifiedAt } = theRoleAlias(state, alias)
      return { roleAliasDescription: { ...named(alias), roleArn, owner: account.accountId, credentialDurationSeconds, creationDate: createdAt, lastModifiedDate: lastModifiedAt } }
    },
    UpdateRoleAlias(input) {
      const alias = required(input.roleAlias, 'roleAlias')
      const current = theRoleAlias(state, alias)
      const roleArn = input.roleArn === undefined ? current.roleArn : checkedRoleArn(input.roleArn)
      const credentialDurationSeconds = input.credentialDurationSeconds ?? current.credentialDurationSeconds
      state.change(() => tables.roleAliases.put(alias, { ...current, roleArn, credentialDurationSeconds, lastModifiedAt: clock.now() }))
      return named(alias)
    },
    DeleteRoleAlias(input) {
      const alias = required(input.roleAlias, 'roleAlias')
      theRoleAlias(state, alias)
      state.change(() => {
        tables.roleAliases.delete(alias)
        removeTags(state, named(alias).roleAliasArn)
      })
      return {}
    },
    ListRoleAliases(input) {
      const order = input.ascendingOrder === false ? 'descending' : 'ascending'
      const { items, next } = listed(tables.roleAliases, { token: input.marker, size: input.pageSize, order })
      return { roleAliases: items.map(([alias]) => alias), nextMarker: next }
    },
  } satisfies Partial<IotOperations>
}

const theRoleAlias = ({ tables }: RegistryState, alias: string): RoleAliasRecord => found(tables.roleAliases.get(alias), `Role alias ${alias}`)

export function checkedRoleArn(roleArn: string): string {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(roleArn)) throw invalidRequest(`Invalid role ARN: ${roleArn}`)
  return roleArn
}
