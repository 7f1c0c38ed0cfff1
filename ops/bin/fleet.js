#!/usr/bin/env node
// ops/bin/fleet.js: the command `fleet`. Plain JavaScript that any Node reads: an older one than the program needs is told how to call it.
import module from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`error: fleet runs on Node.js 22.18 or later, this is ${process.versions.node}.\n   do: In the repository, call it by \`npx fleet …\`: that takes the Node.js that belongs to it (npm start installs it).\n code: NODE_TOO_OLD`)
  process.exit(1)
}
module.enableCompileCache() // half of the time that a command takes would go into reading its own source
await import('../src/main.ts')
