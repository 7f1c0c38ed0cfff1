// sandbox/src/control/control.ts: the HTTP server on the console's port: the page, the stream of how the Pis stand, and orders to them.
import type { AddressInfo } from 'node:net'
import { serve, type ServerType } from '@hono/node-server'
import { FleetError } from '@fleet/contract/errors'
import { controlPaths, type ControlRefusal } from '@fleet/contract/sandbox-control'
import type { Log } from '@fleet/log'
import { Hono, type Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { piEvents } from './events.ts'
import { orders, type Ordered } from './orders.ts'
import { page, type Page } from './page.ts'
import { Refusal, sameSiteOnly } from './same-site.ts'

export interface ControlOptions extends Ordered {
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  readonly page: Page
  readonly log: Log
}

export interface Control extends AsyncDisposable {
  readonly port: number
}

export class ConsolePortTaken extends Error {
  override readonly name = 'ConsolePortTaken'
}

/** @throws ConsolePortTaken */
export async function openControl({ port, host, page: shown, log, ...ordered }: ControlOptions): Promise<Control> {
  const ending = new AbortController()
  const app = new Hono()
  app.use(sameSiteOnly)
  app.get(controlPaths.pis, (context) => context.json({ pis: ordered.site.pis }))
  app.get(controlPaths.events, (context) => piEvents(context, ordered.site, ending.signal))
  app.route('/', orders(ordered))
  app.route('/', page(shown))
  app.notFound((context) => refuse(context, new Refusal(404, { code: 'PATH_UNKNOWN', what: `there is nothing at ${context.req.method} ${context.req.path}`, remedy: 'The paths are in packages/contract/src/sandbox-control.ts.' })))
  app.onError((error, context) => refuse(context, refusalOf(error, log)))
  const server = await listening(() => serve({ fetch: app.fetch, port, hostname: host }))
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    async [Symbol.asyncDispose]() {
      ending.abort(new Error('the sandbox ends'))
      const closed = new Promise((resolve) => server.close(resolve))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}

async function listening(start: () => ServerType): Promise<ServerType> {
  const server = start()
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new ConsolePortTaken('the port is taken', { cause: error }) : error))
  })
  return server
}

const refuse = (context: Context, { status, refusal }: Refusal) => context.json(refusal satisfies ControlRefusal, status)

const STATUS: Readonly<Record<string, ContentfulStatusCode>> = { PI_UNKNOWN: 404, PI_OFF: 409, SERIAL_NUMBER_MALFORMED: 400 }

/** What nobody foresaw is logged here, once. */
function refusalOf(error: Error, log: Log): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof FleetError) return new Refusal(STATUS[error.code] ?? 409, { code: error.code, what: error.message, remedy: error.remedy })
  log.error('an order has failed', { error })
  return new Refusal(500, { code: 'ORDER_FAILED', what: error.message, remedy: "Look into the sandbox's log." })
}
