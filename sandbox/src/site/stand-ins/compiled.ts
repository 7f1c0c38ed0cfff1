// sandbox/src/site/stand-ins/compiled.ts: where Node keeps what it has compiled, types stripped, so that a process starts in a part of the time.
import { fileURLToPath } from 'node:url'

/** For NODE_COMPILE_CACHE. Within the checkout: a folder in /tmp could be filled by another user. */
export const COMPILED = fileURLToPath(new URL('../../../../node_modules/.cache/compiled', import.meta.url))
