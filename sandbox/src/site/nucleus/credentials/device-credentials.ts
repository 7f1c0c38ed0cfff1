// sandbox/src/site/nucleus/credentials/device-credentials.ts: the role credentials of this device, from the credentials provider, kept until shortly before they end.
import type { Log } from '@fleet/log'
import { NetworkError, send, type HttpAccess } from '../cloud/https.ts'
import { isJsonObject, numberOf, parseJson, textOf, type JsonObject } from '../json.ts'
import { pause } from '../timing.ts'

/** An answer of the local credentials endpoint. Errors are kept too, so that a component's retries do not reach the cloud. */
export interface CredentialsAnswer {
  readonly status: number
  /** JSON as the AWS SDKs read it, or what went wrong. */
  readonly body: string
}

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export interface DeviceCredentials {
  readonly answer: () => Promise<CredentialsAnswer>
  /** @throws NetworkError when there are none */
  readonly credentials: () => Promise<AwsCredentials>
  /** After a change of identity or role. */
  readonly forget: () => void
}

/** How long errors are kept, in seconds. */
export interface ErrorCaching {
  readonly clientError: number
  readonly serverError: number
  readonly unknownError: number
}

export interface DeviceCredentialsOptions {
  readonly access: HttpAccess
  readonly log: Log
  readonly now: () => Date
  /** Host, with a port unless it is 443. */
  readonly endpoint: () => string
  readonly roleAlias: () => string
  readonly thingName: () => string
  readonly errorCaching: () => ErrorCaching
}

export const ERROR_CACHING: ErrorCaching = { clientError: 120, serverError: 60, unknownError: 300 }
const BEFORE_END_MS = 5 * 60_000
const MOST_TRIES = 3
const RETRY_MS = 200
const AFTER_RESET_MS = 200 // at most

interface Kept extends CredentialsAnswer {
  readonly until: number
}

export function deviceCredentials(options: DeviceCredentialsOptions): DeviceCredentials {
  let kept: Kept | undefined
  let asking: Promise<Kept> | undefined
  async function answer(): Promise<CredentialsAnswer> {
    if (kept !== undefined && options.now().getTime() < kept.until) return kept
    asking ??= ask(options).finally(() => (asking = undefined))
    kept = await asking
    return kept
  }
  return {
    answer,
    async credentials() {
      const { status, body } = await answer()
      const parsed = status === 200 ? parseJson(body) : undefined
      if (!isJsonObject(parsed)) throw new NetworkError(`Failed to get credentials from TES: ${body}`)
      return { accessKeyId: textOf(parsed.AccessKeyId), secretAccessKey: textOf(parsed.SecretAccessKey), sessionToken: textOf(parsed.Token) }
    },
    forget: () => void (kept = undefined),
  }
}

async function ask(options: DeviceCredentialsOptions): Promise<Kept> {
  const { log, now } = options
  const at = now().getTime()
  try {
    const { status, text } = await request(options)
    if (status === 200) return credentialsAnswer(text, at, log)
    const body = `TES responded with status code: ${status}. Caching response. ${text}`
    log.error(body)
    const { clientError, serverError, unknownError } = options.errorCaching()
    const seconds = status >= 400 && status < 500 ? clientError : status >= 500 && status < 600 ? serverError : unknownError
    return { status, body, until: at + seconds * 1000 }
  } catch (error) {
    log.warn('Immediate retry after resetting connection also failed', { error })
    return { status: 500, body: 'Failed to get connection', until: at + options.errorCaching().unknownError * 1000 }
  }
}

/** Three tries, and after a connection error one more a little later. */
async function request({ access, endpoint, roleAlias, thingName }: DeviceCredentialsOptions): Promise<{ status: number; text: string }> {
  const url = new URL(`https://${endpoint()}/role-aliases/${roleAlias()}/credentials`)
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await send(access, { method: 'GET', url, headers: { 'x-amzn-iot-thingname': thingName() } })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      if (attempt > MOST_TRIES) throw error
      await pause(attempt === MOST_TRIES ? Math.random() * AFTER_RESET_MS : RETRY_MS, access.signal)
    }
  }
}

function credentialsAnswer(text: string, at: number, log: Log): Kept {
  const parsed = parseJson(text)
  const credentials: JsonObject = isJsonObject(parsed) && isJsonObject(parsed.credentials) ? parsed.credentials : {}
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials
  const end = new Date(textOf(expiration)).getTime()
  if (Number.isNaN(end)) return { status: 500, body: `Bad TES response: ${text}`, until: at }
  if (end < at) return { status: 500, body: `TES responded with credentials that expired at ${textOf(expiration)}`, until: at }
  const until = end - BEFORE_END_MS
  log.info(`Received IAM credentials that will be cached until ${new Date(until).toISOString()}`)
  const body = { AccessKeyId: accessKeyId ?? '', SecretAccessKey: secretAccessKey ?? '', Expiration: expiration ?? '', Token: sessionToken ?? '' }
  return { status: 200, body: JSON.stringify(body), until }
}

const LEAST_CACHING = 10
const MOST_CACHING = 42_900

/** `credentialRetryInSec` of the token exchange service; what is out of bounds is as if it were not said. */
export function errorCaching(configured: JsonObject): ErrorCaching {
  const bounded = (name: keyof ErrorCaching) => {
    const seconds = numberOf(configured[name], ERROR_CACHING[name])
    return seconds >= LEAST_CACHING && seconds <= MOST_CACHING ? seconds : ERROR_CACHING[name]
  }
  return { clientError: bounded('clientError'), serverError: bounded('serverError'), unknownError: bounded('unknownError') }
}
