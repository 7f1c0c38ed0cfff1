// packages/device-runtime/src/testing/append-for-ever.ts: a process that records events in an outbox, says each number once it is recorded, and waits to be killed.
import { silentLog } from '@fleet/log'
import * as z from 'zod'
import { folderStore } from '../files/file-store.ts'
import { openOutbox } from '../outbox/outbox.ts'

const [folder = ''] = process.argv.slice(2)
const count = z.number()
const outbox = await openOutbox({ files: folderStore(folder), name: 'outbox.json', state: count, event: count, initial: 0, log: silentLog })
for (;;) {
  await outbox.record(outbox.sequence + 1, outbox.sequence + 1)
  process.stdout.write(`${outbox.sequence}\n`)
}
