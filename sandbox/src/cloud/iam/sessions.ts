// sandbox/src/cloud/iam/sessions.ts: temporary credentials of roles: made, kept, found again by their access key.
import { randomBytes, randomInt } from 'node:crypto'
import { type Account, globalArn } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { RoleCredentials } from '../ports.ts'
import type { Store } from '../store/store.ts'
import type { RoleRecord } from './iam-records.ts'

export interface SessionRecord {
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly roleName: string
  /** A role that was deleted and made anew is another role. */
  readonly roleId: string
  readonly sessionName: string
  readonly expiration: Date
  /** Documents that narrow the session. */
  readonly sessionPolicies: readonly string[]
  /** Condition keys and policy variables that it was begun with. */
  readonly context: Readonly<Record<string, string>>
}

export interface NewSession {
  readonly role: RoleRecord
  readonly sessionName: string
  readonly durationSeconds: number
  readonly sessionPolicies?: readonly string[]
  readonly context?: Readonly<Record<string, string>>
}

export interface Sessions {
  begin(session: NewSession): RoleCredentials
  get(accessKeyId: string): SessionRecord | undefined
  /** As if so much of the time of what was lent to this role had gone by. @returns how many sessions that concerns */
  age(roleName: string, byMs: number): number
}

/** Ended sessions are kept a while, so that their users hear «expired» and not «unknown key». */
const KEPT_AFTER_END_MS = 24 * 3_600_000
const BETWEEN_CLEANINGS_MS = 3_600_000

export function sessions(store: Store, clock: Clock): Sessions {
  const table = store.table<SessionRecord>('sts_sessions')
  let cleanedAtMs = -Infinity
  const clean = (nowMs: number) => {
    if (nowMs - cleanedAtMs < BETWEEN_CLEANINGS_MS) return
    cleanedAtMs = nowMs
    for (const [key, { expiration }] of table.all()) if (expiration.getTime() + KEPT_AFTER_END_MS < nowMs) table.delete(key)
  }
  return {
    begin({ role: { roleName, roleId }, sessionName, durationSeconds, sessionPolicies = [], context = {} }) {
      const nowMs = clock.now().getTime()
      clean(nowMs)
      const accessKeyId = `ASIA${Array.from({ length: 16 }, () => KEY_ALPHABET[randomInt(KEY_ALPHABET.length)]).join('')}`
      const secretAccessKey = randomBytes(30).toString('base64')
      const sessionToken = randomBytes(96).toString('base64')
      const expiration = new Date(Math.floor(nowMs / 1000) * 1000 + durationSeconds * 1000)
      table.put(accessKeyId, { secretAccessKey, sessionToken, roleName, roleId, sessionName, expiration, sessionPolicies, context })
      return { accessKeyId, secretAccessKey, sessionToken, expiration }
    },
    get: (accessKeyId) => table.get(accessKeyId),
    age(roleName, byMs) {
      const own = table.all().filter(([, session]) => session.roleName === roleName)
      store.transaction(() => own.forEach(([key, session]) => table.put(key, { ...session, expiration: new Date(session.expiration.getTime() - byMs) })))
      return own.length
    },
  }
}

const KEY_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The path of a role is not part of it. */
export const sessionArn = (account: Account, roleName: string, sessionName: string) => globalArn('sts', account, `assumed-role/${roleName}/${sessionName}`)
