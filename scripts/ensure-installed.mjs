// scripts/ensure-installed.mjs: installs the pinned tools when node_modules does not match pnpm-lock.yaml. Runs on any Node ≥20, before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
if (isInstalled()) process.exit(0)

const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
console.error(`installing the pinned tools with ${packageManager} …`)
// pm-on-fail: npx already runs the very version that packageManager names; pnpm need not look for itself again.
const started = Date.now()
const { status, error } = spawnSync('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--config.pm-on-fail=ignore', '--reporter=append-only'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  shell: process.platform === 'win32',
})
if (error || status !== 0) {
  console.error(`INSTALL_FAILED: ${packageManager} install ended with ${error?.message ?? `exit code ${status}`}.`)
  console.error('Check that npm can reach its registry (npm ping), then run the same command again; nothing else was started.')
  process.exit(1)
}
console.error(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`)

/** pnpm keeps a copy of the lockfile it installed from; the same text means that nothing is to do. */
function isInstalled() {
  const installed = `${root}/node_modules/.pnpm/lock.yaml`
  if (!existsSync(installed) || !existsSync(`${root}/node_modules/.bin/node`)) return false
  return readFileSync(installed, 'utf8') === readFileSync(`${root}/pnpm-lock.yaml`, 'utf8')
}
