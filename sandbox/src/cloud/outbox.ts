// sandbox/src/cloud/outbox.ts: the mails that this cloud would send: it sends none, and keeps each as a file.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly at: Date
}

/** Hands a mail over; that it is read is nobody's promise. */
export type SendMail = (mail: Mail) => void

/** One file a mail, numbered in the order in which they were sent, made with the first: `0001-ops@example.com.txt`. */
export function outbox(folder: string): SendMail {
  let sent: number | undefined
  return ({ to, subject, text, at }) => {
    mkdirSync(folder, { recursive: true })
    sent = (sent ?? lastNumber(folder)) + 1
    const name = `${String(sent).padStart(4, '0')}-${to.replaceAll(/[^\w.@+-]/g, '_')}.txt`
    writeFileSync(join(folder, name), `To: ${to}\nDate: ${at.toISOString()}\nSubject: ${subject}\n\n${text}\n`, { mode: 0o600 })
  }
}

const lastNumber = (folder: string): number => Math.max(0, ...readdirSync(folder).map((name) => Number.parseInt(name, 10) || 0))
