// sandbox/src/control/page.ts: serves the console page and what it is told about its cloud, under a policy that lets it speak to this server and the cloud alone.
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { CONSOLE_SETTINGS_FILE, type ConsoleSettings } from '@fleet/contract/console-settings'
import { Hono } from 'hono'
import { Refusal } from './same-site.ts'

export interface Page {
  /** Folder of the page's files; bundled when it is first asked for. */
  readonly folder: () => Promise<string>
  /** Of the cloud's gateway; undefined while it is not known. */
  readonly cloud: () => string | undefined
  /** Undefined until the stage is up. */
  readonly settings: () => ConsoleSettings | undefined
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' }

/** Names alone: no folders, so nothing outside can be reached. */
const FILE = /^[A-Za-z0-9_][A-Za-z0-9._-]*\.(html|js|css|svg)$/

export function page({ folder, cloud, settings }: Page): Hono {
  const app = new Hono()
  const send = async (name: string) => {
    const content = FILE.test(name) ? await readFile(join(await folder(), name)).catch(noneIfMissing) : undefined
    return content && new Response(new Uint8Array(content), { headers: { ...headersFor(cloud()), 'content-type': TYPES[extname(name)] ?? '' } })
  }
  app.get(`/${CONSOLE_SETTINGS_FILE}`, (context) => {
    const known = settings()
    if (!known) throw new Refusal(503, { code: 'CLOUD_STARTS', what: 'the cloud of this stage is not up yet', remedy: 'Wait until npm start says that all is ready.' })
    return context.json(known satisfies ConsoleSettings, 200, { 'cache-control': 'no-store' })
  })
  app.get('/', async (context) => (await send('index.html')) ?? context.notFound())
  app.get('/:name', async (context) => (await send(context.req.param('name'))) ?? context.notFound())
  return app
}

function headersFor(gateway: string | undefined) {
  const connects = ["'self'", ...(gateway === undefined ? [] : [gateway, gateway.replace(/^http/, 'ws')])]
  return {
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src ${connects.join(' ')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  }
}

function noneIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
