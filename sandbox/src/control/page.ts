// sandbox/src/control/page.ts: serves the console page: its few files, under a policy that lets it speak to this server alone.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'

/** Folder of the page's files. */
export type PageFolder = string

const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/console.js': ['console.js', 'text/javascript; charset=utf-8'],
  '/console.css': ['console.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const

const HEADERS = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

export function page(folder: PageFolder): Hono {
  const app = new Hono()
  for (const [path, [file, type]] of Object.entries(FILES)) {
    app.get(path, async (context) => context.body(await readFile(join(folder, file)), 200, { ...HEADERS, 'content-type': type }))
  }
  return app
}
