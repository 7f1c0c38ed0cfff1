// sandbox/src/control/page.ts: the door to the console page that the stack has deployed, and what it is told about its cloud.
import { CONSOLE_SETTINGS_FILE, type ConsoleSettings } from '@fleet/contract/console-settings'
import { Hono } from 'hono'
import { Refusal } from './same-site.ts'

export interface Page {
  /** Asks the distribution of the stack, as a browser does; undefined until the stage is up. */
  readonly ask: () => AskPage | undefined
  /** Of the cloud's gateway; undefined while it is not known. */
  readonly cloud: () => string | undefined
  /** Undefined until the stage is up. */
  readonly settings: () => ConsoleSettings | undefined
}

/** `path` as it came; of the request's headers those that are about the content. */
export type AskPage = (path: string, headers: Readonly<Record<string, string>>) => Promise<PageAnswer>

export interface PageAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

const HANDED_ON = ['accept-encoding', 'if-none-match']

export function page({ ask, cloud, settings }: Page): Hono {
  const app = new Hono()
  app.get(`/${CONSOLE_SETTINGS_FILE}`, (context) => {
    const known = settings()
    if (!known) throw starting()
    return context.json(known satisfies ConsoleSettings, 200, { 'cache-control': 'no-store' })
  })
  app.get('/:name?', async (context) => {
    const asking = ask()
    if (!asking) throw starting()
    const answer = await asking(context.req.path, Object.fromEntries(HANDED_ON.flatMap((name) => { const value = context.req.header(name); return value === undefined ? [] : [[name, value]] })))
    if (answer.status === 403) return context.notFound() // how S3 refuses to say whether there is such a file
    const hasBody = answer.status !== 304
    return new Response(hasBody ? answer.body : null, { status: answer.status, headers: atThisDoor(answer.headers, cloud()) })
  })
  return app
}

export const starting = () => new Refusal(503, { code: 'CLOUD_STARTS', what: 'the cloud of this stage is not up yet', remedy: 'Wait until npm start says that all is ready.' })

/** AWS's hosts are all at the gateway here, so whom the page may speak to is there, too; everything else stays as the distribution says it. This door has no TLS to insist on. */
function atThisDoor({ 'strict-transport-security': _tls, 'content-length': _length, ...headers }: PageAnswer['headers'], gateway: string | undefined): Record<string, string> {
  const policy = headers['content-security-policy']
  const hosts = gateway === undefined ? '' : ` ${gateway} ${gateway.replace(/^http/, 'ws')}`
  return { ...headers, ...(policy !== undefined && { 'content-security-policy': policy.replace(/connect-src 'self'[^;]*/, `connect-src 'self'${hosts}`) }) }
}
