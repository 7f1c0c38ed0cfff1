// console/src/parts/state-pill.tsx: a state as one word, coloured by what it means.
export type Meaning = 'good' | 'wait' | 'bad' | 'busy' | 'plain'

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ...{ online: 'good', healthy: 'good', running: 'good', finished: 'good', joined: 'good', active: 'good', completed: 'good', succeeded: 'good', current: 'good' },
  ...{ offline: 'wait', paused: 'wait', queued: 'wait', waiting: 'wait', busy: 'busy', booting: 'busy', joining: 'busy', proving: 'busy', in_progress: 'busy', starting: 'busy', installed: 'busy', new: 'busy', medium: 'wait' },
  ...{ suspended: 'bad', unhealthy: 'bad', broken: 'bad', errored: 'bad', failed: 'bad', refused: 'bad', canceled: 'wait', critical: 'bad', high: 'bad', 'needs-help': 'bad', raised: 'bad' },
}

/** What it means is told by the word itself, so that the colour need not be seen. */
export function StatePill({ children, meaning }: { readonly children: string; readonly meaning?: Meaning }) {
  return <span class={`state ${meaning ?? MEANINGS[children.toLowerCase()] ?? 'plain'}`}>{children.toLowerCase().replaceAll('_', ' ')}</span>
}
