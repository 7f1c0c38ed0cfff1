#!/usr/bin/env node
// ops/bin/fleet.js: the command `fleet`. Plain JavaScript that any Node reads: an older one than the program needs is told how to call it.
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`error: fleet runs on Node.js 22.18 or later, this is ${process.versions.node}.\n   do: In the repository, call it by \`npx fleet …\`: that takes the Node.js that belongs to it (npm start installs it).\n code: NODE_TOO_OLD`)
  process.exit(1)
}
// Half of the time that a command takes would go into reading its own source; by the environment, so that the processes that it starts find it, too.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
await import('../src/main.ts')
