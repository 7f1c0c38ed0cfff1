// ops/src/stack/account-guard.ts: asks whose account the credentials are before anything is changed in it, and refuses any but the stage's.
import { FleetError } from '@fleet/contract/errors'
import type { Properties } from './properties.ts'
import { CloudFailure, type ResourceProvider } from './resource-provider.ts'

const PROVIDER = 'pulumi:providers:'
export const isProvider = (type: string): boolean => type.startsWith(PROVIDER)

/** Once a run, before its first request; a run that changes nothing asks nothing. An empty list allows any account, as Pulumi's providers do. */
export function guarded(provider: ResourceProvider, allowedAccounts: () => readonly string[], accountOfCredentials: () => Promise<string>): ResourceProvider {
  let checked: Promise<void> | undefined
  const check = () => (checked ??= accountOfCredentials().then((account) => {
    const allowed = allowedAccounts()
    if (allowed.length > 0 && !allowed.includes(account)) throw wrongAccount(account, allowed)
  }))
  const checkedFirst = <Request, Answer>(call: (request: Request) => Promise<Answer>) => async (request: Request): Promise<Answer> => {
    await check()
    return await call(request)
  }
  const { create, update, delete: remove, find, read } = provider
  return { create: checkedFirst(create), update: checkedFirst(update), delete: checkedFirst(remove), find: checkedFirst(find), read: checkedFirst(read) }
}

const wrongAccount = (account: string, allowed: readonly string[]) =>
  new FleetError(
    'ACCOUNT_WRONG',
    `these credentials are of account ${account}, the stage is in ${allowed.join(', ')}`,
    'Use the credentials of that account, or correct fleetwright:accountId in the stage file; nothing was changed.',
  )

/** Each request goes to the provider of its type. */
export function byType(providerOf: (type: string) => ResourceProvider): ResourceProvider {
  return {
    create: (request) => providerOf(request.type).create(request),
    update: (request) => providerOf(request.type).update(request),
    delete: (request) => providerOf(request.type).delete(request),
    find: (request) => providerOf(request.type).find(request),
    read: (request) => providerOf(request.type).read(request),
  }
}

/** What a provider resource (`pulumi:providers:aws-native`) allows: a list as JSON text, as the SDK makes it. */
export const accountsAllowedBy = ({ allowedAccountIds }: Properties): readonly string[] =>
  typeof allowedAccountIds === 'string' ? (JSON.parse(allowedAccountIds) as string[]) : []

/** The provider resources themselves: recorded, so that a state cannot be used for another account or region. */
export const providerResources: ResourceProvider = {
  create: async ({ type, inputs }) => ({ id: type.slice(PROVIDER.length), outputs: inputs }),
  async update({ id, before, after }) {
    const moved = ['region', 'allowedAccountIds'].filter((key) => before[key] !== after[key])
    if (moved.length === 0) return { id, outputs: after }
    const place = `${JSON.stringify(before['region'])}, account ${accountsAllowedBy(before).join(', ')}`
    throw new CloudFailure('InvalidRequest', `the stack is in ${place}: destroy it there before it is made elsewhere`)
  },
  delete: async () => undefined,
  find: async () => undefined,
  read: async ({ inputs }) => inputs,
}
