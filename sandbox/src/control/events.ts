// sandbox/src/control/events.ts: how every Pi stands, now and after each change, as server-sent events.
import type { ControlEvent, SandboxPi } from '@fleet/contract/sandbox-control'
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Site } from '../site/site.ts'

const HEARTBEAT_MS = 15_000 // a listener that is gone without a word is found out

/** A listener that reads slowly gets the latest of each Pi, not all that happened meanwhile. */
export function piEvents(context: Context, site: Site, ending: AbortSignal): Response {
  return streamSSE(context, async (stream) => {
    const changed = new Map<string, SandboxPi>()
    let wake = () => {}
    const note = (pi: SandboxPi) => {
      changed.set(pi.serial, pi)
      wake()
    }
    using listening = new DisposableStack()
    listening.defer(site.watch(note))
    const heartbeat = setInterval(() => wake(), HEARTBEAT_MS)
    listening.defer(() => clearInterval(heartbeat))
    const gone = new AbortController()
    stream.onAbort(() => gone.abort())
    const over = AbortSignal.any([ending, gone.signal])
    over.addEventListener('abort', () => wake())

    const tell = (event: ControlEvent) => stream.writeSSE({ data: JSON.stringify(event) })
    for (const pi of site.pis) await tell({ tell: 'pi', pi })
    await tell({ tell: 'complete' })
    const isOver = () => over.aborted // asked anew after each wait
    while (!isOver()) {
      const told = [...changed.values()]
      changed.clear()
      for (const pi of told) await tell({ tell: 'pi', pi })
      if (told.length === 0) await stream.write(': still here\n\n')
      if (changed.size === 0 && !isOver()) await new Promise<void>((resolve) => (wake = resolve))
    }
  })
}
