// sandbox/src/site/java-nucleus/follow-file.ts: the lines of a file as another program appends them, also when it begins the file anew.
import { open, stat } from 'node:fs/promises'
import { hasCode } from '../system-error.ts'

export interface Following {
  /** Whether what is there already counts. */
  readonly from: 'start' | 'end'
  /** Whole lines, in their order. */
  readonly onLines: (lines: readonly string[]) => void
  /** Another file has taken its place, or it was cut to nothing: its lines follow from the first. */
  readonly onNew: () => void
}

const LOOK_MS = 200 // somebody watches a screen

/** Polls: a file that is renamed and made anew is lost by most ways of being notified. */
export async function followFile(path: string, { from, onLines, onNew }: Following): Promise<AsyncDisposable> {
  const first = await identityOf(path)
  let at = { file: first?.ino, offset: from === 'end' ? (first?.size ?? 0) : 0 }
  let rest = ''
  const look = async () => {
    const now = await identityOf(path)
    if (now === undefined) return
    if (now.ino !== at.file || now.size < at.offset) {
      const isFirst = at.file === undefined
      at = { file: now.ino, offset: 0 }
      rest = ''
      if (!isFirst) onNew()
    }
    if (now.size === at.offset) return
    const text = await textFrom(path, at.offset, now.size)
    if (text === undefined) return // put aside in this very moment
    at.offset = now.size
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) onLines(lines)
  }
  let looking = look()
  const timer = setInterval(() => void (looking = looking.then(look)), LOOK_MS)
  await looking
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await looking
    },
  }
}

async function identityOf(path: string): Promise<{ readonly ino: number; readonly size: number } | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

async function textFrom(path: string, from: number, to: number): Promise<string | undefined> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from)
    return buffer.subarray(0, bytesRead).toString()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
