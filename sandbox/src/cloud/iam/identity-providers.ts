// sandbox/src/cloud/iam/identity-providers.ts: IAM's operations on OpenID Connect identity providers (GitHub Actions and the like).
import { type Account, globalArn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { OperationsOf } from '../service.ts'
import { readTags, withoutTags, withTags } from './checks.ts'
import { type IamContext, markedTags } from './iam-context.ts'
import { alreadyExists, type IdentityProviderRecord, noSuchEntity } from './iam-records.ts'

type Iam = typeof import('@aws-sdk/client-iam')

export const identityProviderArn = (account: Account, url: string) => globalArn('iam', account, `oidc-provider/${url}`)

const MOST_CLIENT_IDS = 100
const MOST_THUMBPRINTS = 5

export function identityProviderOperations({ records, account, clock }: IamContext) {
  const known = (arn: string | undefined): IdentityProviderRecord => {
    const provider = records.identityProviders.get(arn ?? '')
    if (!provider) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn ?? ''}`)
    return provider
  }
  const change = (arn: string | undefined, changes: (known: IdentityProviderRecord) => Partial<IdentityProviderRecord>) => {
    const provider = known(arn)
    records.identityProviders.put(arn ?? '', { ...provider, ...changes(provider) })
    return {}
  }
  return {
    CreateOpenIDConnectProvider({ Url = '', ClientIDList = [], ThumbprintList = [], Tags }) {
      const url = providerUrl(Url)
      const arn = identityProviderArn(account, url)
      if (records.identityProviders.get(arn)) throw alreadyExists(`Provider with url ${Url} already exists.`)
      const tags = readTags(Tags)
      records.identityProviders.put(arn, { url, clientIds: clientIds(ClientIDList), thumbprints: thumbprints(ThumbprintList), createDate: clock.now(), tags })
      return { OpenIDConnectProviderArn: arn, Tags: tags }
    },
    GetOpenIDConnectProvider({ OpenIDConnectProviderArn }) {
      const { url, clientIds: ids, thumbprints: prints, createDate, tags } = known(OpenIDConnectProviderArn)
      return { Url: url, ClientIDList: [...ids], ThumbprintList: [...prints], CreateDate: createDate, Tags: [...tags] }
    },
    ListOpenIDConnectProviders: () => ({ OpenIDConnectProviderList: records.identityProviders.all().map(([Arn]) => ({ Arn })) }),
    DeleteOpenIDConnectProvider({ OpenIDConnectProviderArn: arn = '' }) {
      records.identityProviders.delete(arn) // succeeds when there is none, as the API reference says
      return {}
    },
    AddClientIDToOpenIDConnectProvider: ({ OpenIDConnectProviderArn, ClientID = '' }) => change(OpenIDConnectProviderArn, (provider) => ({ clientIds: clientIds([...new Set([...provider.clientIds, ClientID])]) })),
    RemoveClientIDFromOpenIDConnectProvider: ({ OpenIDConnectProviderArn, ClientID }) => change(OpenIDConnectProviderArn, (provider) => ({ clientIds: provider.clientIds.filter((id) => id !== ClientID) })),
    UpdateOpenIDConnectProviderThumbprint: ({ OpenIDConnectProviderArn, ThumbprintList = [] }) => change(OpenIDConnectProviderArn, () => ({ thumbprints: thumbprints(ThumbprintList) })),
    TagOpenIDConnectProvider: ({ OpenIDConnectProviderArn, Tags }) => change(OpenIDConnectProviderArn, ({ tags }) => ({ tags: withTags(tags, readTags(Tags)) })),
    UntagOpenIDConnectProvider: ({ OpenIDConnectProviderArn, TagKeys }) => change(OpenIDConnectProviderArn, ({ tags }) => ({ tags: withoutTags(tags, TagKeys) })),
    ListOpenIDConnectProviderTags: (input) => markedTags(input, known(input.OpenIDConnectProviderArn).tags),
  } satisfies OperationsOf<Iam>
}

/** Kept without the scheme. @throws AwsError */
function providerUrl(url: string): string {
  if (!/^https:\/\/[^\s?#]+$/.test(url)) throw new AwsError('ValidationError', 'Invalid Open ID Connect Provider URL', { status: 400 })
  return url.slice('https://'.length).replace(/\/$/, '')
}

function clientIds(ids: readonly string[]): readonly string[] {
  if (ids.length > MOST_CLIENT_IDS) throw new AwsError('LimitExceededException', `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${MOST_CLIENT_IDS}`)
  return ids
}

function thumbprints(prints: readonly string[]): readonly string[] {
  if (prints.length > MOST_THUMBPRINTS) throw new AwsError('InvalidInputException', 'Thumbprint list must contain fewer than 5 entries.')
  if (prints.some((print) => !/^[0-9a-fA-F]{40}$/.test(print))) throw new AwsError('InvalidInputException', 'Thumbprint must be 40 hexadecimal characters.')
  return prints
}
