// sandbox/src/site/docker/authorization.ts: meets the challenge of a registry that wants to know who asks.
import { bodyText, type Get } from './connection.ts'
import { daemonError } from './docker-error.ts'

/**
 * The Authorization header that answers a 401's WWW-Authenticate (RFC 9110 §11.6.1): basic credentials as they are, or the token that
 * the realm gives for them (distribution spec, «Token Authentication»). undefined when the challenge cannot be met.
 */
export async function authorization(challenge: string, { auth, get }: { readonly auth: string | undefined; readonly get: Get }): Promise<string | undefined> {
  const [, scheme = '', rest = ''] = /^(\w+)\s*(.*)$/.exec(challenge) ?? []
  if (scheme.toLowerCase() === 'basic') return auth === undefined ? undefined : `Basic ${auth}`
  if (scheme.toLowerCase() !== 'bearer') return undefined
  const { realm, ...query } = Object.fromEntries([...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
  if (realm === undefined) return undefined
  const url = new URL(realm)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const response = await get(url, auth === undefined ? {} : { authorization: `Basic ${auth}` })
  const text = await bodyText(response)
  if (response.statusCode !== 200) return undefined
  const { token, access_token: accessToken } = JSON.parse(text) as { token?: unknown; access_token?: unknown } // looked at below
  const bearer = token ?? accessToken
  if (typeof bearer !== 'string') throw daemonError('the token server answered without a token')
  return `Bearer ${bearer}`
}
