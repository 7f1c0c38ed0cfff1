// sandbox/src/cloud/ecr/authorization-token.ts: the password of user AWS: who got it and until when, sealed, so that no list of them need be kept.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Principal } from '../service.ts'
import type { Store } from '../store/store.ts'

/** API reference, GetAuthorizationToken. */
const LIFE_MS = 12 * 60 * 60_000

export interface AuthorizationTokens {
  /** What `docker login --username AWS` takes as password. */
  issue(principal: Principal): { readonly password: string; readonly expiresAt: Date }
  /** Who the bearer of an `Authorization: Basic …` header is. */
  bearer(authorization: string | undefined): Principal | 'none' | 'invalid' | 'expired'
}

export function authorizationTokens(store: Store, clock: Clock): AuthorizationTokens {
  const secrets = store.table<string>('ecr_secrets')
  const secret = secrets.get('tokens') ?? randomBytes(32).toString('base64')
  secrets.put('tokens', secret)
  const seal = (payload: string) => createHmac('sha256', Buffer.from(secret, 'base64')).update(payload).digest('base64url')
  return {
    issue(principal) {
      const expiresAt = new Date(clock.now().getTime() + LIFE_MS)
      const payload = Buffer.from(JSON.stringify({ principal, expiresAt: expiresAt.getTime() })).toString('base64url')
      return { password: `${payload}.${seal(payload)}`, expiresAt }
    },
    bearer(authorization) {
      const basic = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1]
      if (basic === undefined) return 'none'
      const [, password] = /^AWS:(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? []
      const [payload = '', given = ''] = (password ?? '').split('.')
      const right = Buffer.from(seal(payload))
      if (right.length !== given.length || !timingSafeEqual(right, Buffer.from(given))) return 'invalid'
      const { principal, expiresAt } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { principal: Principal; expiresAt: number } // our own words: the seal fits
      return expiresAt < clock.now().getTime() ? 'expired' : principal
    },
  }
}
