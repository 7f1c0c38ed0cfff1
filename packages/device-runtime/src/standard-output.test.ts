// packages/device-runtime/src/standard-output.test.ts: no line is lost, though nobody reads for a while and the pipe does not wait.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'

const LINES = 2000 // some 400 kB: more than a pipe holds

/** Having been looked at, `process.stdout` has made the pipe one that does not wait. */
const PROGRAM = `
  import { writeLine } from ${JSON.stringify(join(import.meta.dirname, 'standard-output.ts'))}
  void process.stdout
  process.stderr.write('writing')
  for (let line = 0; line < ${LINES}; line++) writeLine(String(line).padEnd(200, 'ä'))
`

test('every line arrives whole, in order, at a reader that is late', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  await once(child.stderr, 'data')
  const said = await text(child.stdout)
  expect(await ended).toEqual([0, null])
  expect(said.split('\n')).toEqual([...Array.from({ length: LINES }, (_, line) => String(line).padEnd(200, 'ä')), ''])
})
