// sandbox/src/control/same-site.ts: lets only this machine's own pages and tools in: no other web site may press buttons here.
import type { ControlRefusal } from '@fleet/contract/sandbox-control'
import { createMiddleware } from 'hono/factory'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An answer that says no. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: ContentfulStatusCode
  readonly refusal: ControlRefusal

  constructor(status: ContentfulStatusCode, refusal: ControlRefusal) {
    super(refusal.what)
    this.status = status
    this.refusal = refusal
  }
}

/** Names of this machine alone. A foreign name that DNS leads here (DNS rebinding) is none of them. */
const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]']

/**
 * Host must be this machine (rebinding), Origin, when a browser sends it, this very page (cross-site requests), and the content type of an
 * order JSON (which a foreign form cannot send without asking first).
 */
export const sameSiteOnly = createMiddleware(async ({ req }, next) => {
  const host = req.header('host') ?? ''
  if (!OWN_NAMES.includes(host.replace(/:\d+$/, ''))) {
    throw new Refusal(403, { code: 'HOST_FOREIGN', what: `«${host}» is not this machine`, remedy: 'Open it as http://localhost, with its port.' })
  }
  const origin = req.header('origin')
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new Refusal(403, { code: 'ORIGIN_FOREIGN', what: `a page of ${origin} may not use the sandbox`, remedy: 'Use the console page of the sandbox, or `fleet sandbox`.' })
  }
  if (req.method !== 'GET' && req.method !== 'HEAD' && !/^application\/json\s*(;|$)/i.test(req.header('content-type') ?? '')) {
    throw new Refusal(415, { code: 'CONTENT_TYPE_WRONG', what: 'an order is JSON', remedy: 'Send it with content-type: application/json.' })
  }
  await next()
})
