// packages/device-runtime/src/bus/ipc-stream-closing.test.ts: a component outlives a nucleus that goes in the middle of its calls.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'

test('the nucleus goes while calls begin, again and again: each is answered or refused, and the process goes on', async () => {
  const program = spawn(process.execPath, [join(import.meta.dirname, '../testing/losing-nucleus.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void program.kill('SIGKILL')) // where the heap is corrupted, it can hang in the addon's own handler of signals
  const ended = new Promise((resolve) => program.once('close', (code, signal) => resolve(code ?? signal)))
  expect(await text(program.stdout)).toBe('still there\n')
  expect(await ended).toBe(0)
})
