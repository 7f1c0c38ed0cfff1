// console/src/pages/device/journal-part.tsx: the messages of a device as they come. Payloads are a device's own words: only ever text.
import type { Message } from '../../cloud/messages.ts'
import { clockTime } from '../../time.ts'

const MOST_CHARACTERS = 2000

export const JournalPart = ({ journal }: { readonly journal: readonly Message[] }) => (
  <section aria-labelledby="journal" class="journal full">
    <h2 id="journal">Messages</h2>
    {journal.length === 0 && <p>Nothing has come since this page was opened.</p>}
    <ol>
      {journal.map(({ topic, payload, at }) => (
        <li key={`${at.getTime()} ${topic} ${payload}`}>
          <time dateTime={at.toISOString()}>{clockTime(at)}</time> <code>{topic}</code>
          <pre>{payload.slice(0, MOST_CHARACTERS)}</pre>
        </li>
      ))}
    </ol>
  </section>
)
