// sandbox/src/main.ts: the process of `npm start`: first lets Node find what it has compiled before, then runs.
import { enableCompileCache } from 'node:module'
import { COMPILED } from './site/stand-ins/compiled.ts'

process.env['NODE_COMPILE_CACHE'] ??= COMPILED // for the processes that it starts, too: half of their start would go into reading their source
enableCompileCache(process.env['NODE_COMPILE_CACHE'])
await import('./run.ts')
