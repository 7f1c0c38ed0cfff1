// ops/src/console/people.ts: lets people into the console page and out of it: user, group, and the AWS IoT policy of their identity.
import { randomBytes } from 'node:crypto'
import { CognitoIdentityClient, DeleteIdentitiesCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  paginateListUsers,
  UsernameExistsException,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider'
import { AttachPolicyCommand, DetachPolicyCommand, IoTClient } from '@aws-sdk/client-iot'
import type { ConsoleGroup, ConsoleSettings } from '@fleet/contract/console-settings'
import { FleetError } from '@fleet/contract/errors'
import { clientConfig, named } from '../aws/client-config.ts'
import { collect } from '../aws/pages.ts'
import type { Target } from '../target/target.ts'

/** The pools of the stack (its outputs). */
export type ConsolePools = Pick<ConsoleSettings, 'userPoolId' | 'userPoolClientId' | 'identityPoolId'>

export interface Person {
  readonly name: string
  readonly groups: readonly string[]
  /** `FORCE_CHANGE_PASSWORD` until the first password is replaced, then `CONFIRMED` (API UserType). */
  readonly status: string
  readonly isEnabled: boolean
}

export interface Added extends Pick<Person, 'name'> {
  readonly group: ConsoleGroup
  /** To be replaced at the first sign-in; absent for a person who has a password already. */
  readonly firstPassword?: string
}

export interface Wish extends Pick<Added, 'name' | 'group'> {
  /** Also a person who has a password gets a first one again. */
  readonly renewsPassword: boolean
}

export interface People {
  /** Can be repeated: moves a person who is there to this group, and finishes what a killed run has left. */
  add(wish: Wish): Promise<Added>
  /** @throws FleetError CONSOLE_USER_UNKNOWN */
  remove(name: string): Promise<void>
  list(): Promise<readonly Person[]>
  setPassword(name: string, password: string): Promise<void>
}

/**
 * The policy is attached here and not by the page: `iot:AttachPolicy` is granted on its target alone (Service Authorization Reference, AWS IoT),
 * so whoever had it could give any policy to any certificate.
 */
export function peopleOf(target: Target, { userPoolId: UserPoolId, userPoolClientId: ClientId, identityPoolId: IdentityPoolId }: ConsolePools): People {
  const config = clientConfig(target)
  const [idp, identity, iot] = [named(new CognitoIdentityProviderClient(config)), named(new CognitoIdentityClient(config)), named(new IoTClient(config))]
  const policyName = target.names.console
  const setPassword = async (Username: string, Password: string, Permanent: boolean): Promise<void> => {
    await idp.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent }))
  }
  const groupsOf = async (Username: string) => ((await idp.send(new AdminListGroupsForUserCommand({ UserPoolId, Username }))).Groups ?? []).flatMap(({ GroupName }) => GroupName ?? [])

  /** An identity pool tells an identity to nobody but whose it is: signed in as the person for a moment, by a password that nobody is told. */
  const identityOf = async (USERNAME: string): Promise<string> => {
    const PASSWORD = randomPassword()
    await setPassword(USERNAME, PASSWORD, true)
    const { AuthenticationResult } = await idp.send(new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters: { USERNAME, PASSWORD } }))
    const provider = `cognito-idp.${target.stage.region}.amazonaws.com/${UserPoolId}`
    const { IdentityId = '' } = await identity.send(new GetIdCommand({ IdentityPoolId, Logins: { [provider]: AuthenticationResult?.IdToken ?? '' } }))
    return IdentityId
  }
  const moveTo = async (Username: string, group: ConsoleGroup) => {
    const former = (await groupsOf(Username)).filter((each) => each !== group)
    for (const GroupName of former) await idp.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username, GroupName }))
    await idp.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: group }))
  }

  return {
    async add({ name, group, renewsPassword }) {
      const isNew = await idp.send(new AdminCreateUserCommand({ UserPoolId, Username: name, MessageAction: 'SUPPRESS' })).then(() => true, falseIf(UsernameExistsException))
      const { UserStatus } = isNew ? { UserStatus: undefined } : await idp.send(new AdminGetUserCommand({ UserPoolId, Username: name }))
      await moveTo(name, group)
      if (UserStatus === 'CONFIRMED' && !renewsPassword) return { name, group }
      await iot.send(new AttachPolicyCommand({ policyName, target: await identityOf(name) }))
      const firstPassword = randomPassword()
      await setPassword(name, firstPassword, false)
      return { name, group, firstPassword }
    },
    async remove(name) {
      try {
        await idp.send(new AdminEnableUserCommand({ UserPoolId, Username: name })) // or there is no signing in
      } catch (cause) {
        if (cause instanceof UserNotFoundException) throw new FleetError('CONSOLE_USER_UNKNOWN', `there is no console user ${name} in stage ${target.stage.stage}`, 'See who there is with `fleet console user list`.', { cause })
        throw cause
      }
      const identityId = await identityOf(name)
      await iot.send(new DetachPolicyCommand({ policyName, target: identityId }))
      await identity.send(new DeleteIdentitiesCommand({ IdentityIdsToDelete: [identityId] }))
      await idp.send(new AdminDeleteUserCommand({ UserPoolId, Username: name }))
    },
    async list() {
      const users = await collect(paginateListUsers({ client: idp, pageSize: 60 }, { UserPoolId }), (page) => page.Users)
      return Promise.all(users.map(async ({ Username: name = '', UserStatus: status = '', Enabled: isEnabled = false }) => ({ name, status, isEnabled, groups: await groupsOf(name) })))
    },
    setPassword: (name, password) => setPassword(name, password, true),
  }
}

/** Of all four kinds of characters that the pool asks for (infra/src/console/sign-in.ts). */
const randomPassword = () => `Aa1-${randomBytes(18).toString('base64url')}`

const falseIf =
  (expected: new (...args: never[]) => Error) =>
  (error: unknown): false => {
    if (error instanceof expected) return false
    throw error
  }
