// sandbox/src/cloud/wire/testing.ts: a gateway on a real port for tests, with two known access keys and a clock to move.
import { onTestFinished } from 'vitest'
import { type Account, globalArn } from '../account.ts'
import { type Clock, cloudClock } from '../clock.ts'
import { compile } from '../iam/policy-evaluation.ts'
import type { CloudLog } from '../log.ts'
import { openPki, type Pki } from '../pki/pki.ts'
import type { Service } from '../service.ts'
import { openStore } from '../store/store.ts'
import { gateway, type GatewayOptions } from './gateway.ts'
import type { Identities } from './identities.ts'
import { listen } from './listener.ts'

export const ACCOUNT: Account = { accountId: '000000000000', region: 'eu-central-1' }
export const ACCOUNT_KEY = { accessKeyId: 'AKIATESTACCOUNTKEY00', secretAccessKey: 'not-a-secret' }
export const SESSION_KEY = { accessKeyId: 'ASIATESTROLESESSION0', secretAccessKey: 'nor-is-this', sessionToken: 'the-token' }
export const SESSION_ARN = 'arn:aws:sts::000000000000:assumed-role/tester/session'

export interface LogLine {
  readonly level: string
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface TestGateway {
  readonly port: number
  readonly endpoint: string
  readonly tlsEndpoint: string
  readonly clock: Clock
  readonly pki: Pki
  readonly logged: readonly LogLine[]
  /** For the constructor of an SDK client. */
  readonly client: (key?: { readonly accessKeyId: string; readonly secretAccessKey: string }) => { readonly endpoint: string; readonly region: string; readonly credentials: typeof ACCOUNT_KEY; readonly maxAttempts: number }
}

export interface TestGatewayOptions extends Partial<Omit<GatewayOptions, 'services'>> {
  readonly services: readonly Service[]
  /** Policies of the role `tester`. */
  readonly rolePolicies?: readonly string[]
}

export async function openTestGateway({ services, rolePolicies = [], ...options }: TestGatewayOptions): Promise<TestGateway> {
  const store = openStore(':memory:')
  const clock = options.clock ?? cloudClock(store)
  const pki = openPki({ store, clock })
  const logged: LogLine[] = []
  const log = recordingLog(logged)
  const identities = knownIdentities({ expiration: new Date(clock.now().getTime() + 3_600_000), rolePolicies })
  const listener = await listen({ host: '127.0.0.1', port: 0, serverIdentity: pki, clock, log, gateway: gateway({ account: ACCOUNT, clock, identities, log, services, ...options }) })
  onTestFinished(async () => {
    await listener[Symbol.asyncDispose]()
    store[Symbol.dispose]()
  })
  const endpoint = `http://127.0.0.1:${listener.port}`
  return {
    port: listener.port,
    endpoint,
    tlsEndpoint: `https://127.0.0.1:${listener.port}`,
    clock,
    pki,
    logged,
    client: (credentials = ACCOUNT_KEY) => ({ endpoint, region: ACCOUNT.region, credentials, maxAttempts: 1 }),
  }
}

export function knownIdentities({ expiration, rolePolicies }: { readonly expiration: Date; readonly rolePolicies: readonly string[] }): Identities {
  const compiled = rolePolicies.map((document) => compile(document))
  return {
    byAccessKey(accessKeyId) {
      if (accessKeyId === ACCOUNT_KEY.accessKeyId) return { principal: { kind: 'account', arn: globalArn('iam', ACCOUNT, 'root'), accessKeyId }, secretAccessKey: ACCOUNT_KEY.secretAccessKey, session: undefined }
      if (accessKeyId !== SESSION_KEY.accessKeyId) return undefined
      const principal = { kind: 'role-session', arn: SESSION_ARN, roleName: 'tester', accessKeyId } as const
      return { principal, secretAccessKey: SESSION_KEY.secretAccessKey, session: { token: SESSION_KEY.sessionToken, expiration } }
    },
    policiesOf: ({ kind }) => (kind === 'role-session' ? [compiled] : []),
  }
}

function recordingLog(lines: LogLine[]): CloudLog {
  const at = (level: string) => (event: string, fields: Readonly<Record<string, unknown>> = {}) => void lines.push({ level, event, fields })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
