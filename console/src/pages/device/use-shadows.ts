// console/src/pages/device/use-shadows.ts: the shadows of a device: read once, then changed as the messages tell.
import { useEffect, useState } from 'preact/hooks'
import type { Cloud } from '../../cloud/clients.ts'
import { merged, ShadowDocument, SHADOW_NAMES, shadowOf } from '../../cloud/shadows.ts'
import type { Message } from '../../cloud/messages.ts'
import { failureOf, type Failure } from '../../failure.ts'
import { jsonOf } from '../use-fleet.ts'

export interface Shadows {
  readonly byName: Readonly<Record<string, ShadowDocument | undefined>>
  readonly failure: Failure | undefined
  readonly again: () => void
}

/** Messages can be lost while the connection is: so it is read again now and then. */
const READ_EVERY_MS = 15_000

export function useShadows(cloud: Cloud, serial: string, newest: Message | undefined): Shadows {
  const [byName, setByName] = useState<Shadows['byName']>({})
  const [failure, setFailure] = useState<Failure>()
  const [turn, setTurn] = useState(0)
  const again = () => setTurn((former) => former + 1)
  useEffect(() => {
    let isOver = false
    Promise.all(SHADOW_NAMES.map(async (name) => [name, await shadowOf(cloud, serial, name)] as const)).then(
      (read) => {
        if (isOver) return
        setByName((former) => Object.fromEntries(read.map(([name, document]) => [name, newer(former[name], document)])))
        setFailure(undefined)
      },
      (error: unknown) => isOver || setFailure(failureOf(error)),
    )
    const timer = setTimeout(again, READ_EVERY_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [cloud, serial, turn])
  useEffect(() => {
    const [, name] = /\/shadow\/name\/([^/]+)\/update\/accepted$/.exec(newest?.topic ?? '') ?? []
    const change = ShadowDocument.safeParse(jsonOf(newest?.payload ?? ''))
    if (name !== undefined && change.success) setByName((former) => ({ ...former, [name]: merged(former[name], change.data) }))
  }, [newest])
  return { byName, failure, again }
}

const newer = (known: ShadowDocument | undefined, read: ShadowDocument | undefined) => ((known?.version ?? 0) > (read?.version ?? 0) ? known : read)
