// console/src/parts/later.tsx: a page that is loaded when it is first shown.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { failureOf, type Failure } from '../failure.ts'
import { FailureNote } from './failure-note.tsx'

export interface LaterProps<Props> {
  readonly load: () => Promise<ComponentType<Props>>
  readonly props: Props
}

export function Later<Props extends object>({ load, props }: LaterProps<Props>) {
  const [Page, setPage] = useState<{ readonly component: ComponentType<Props> }>()
  const [failure, setFailure] = useState<Failure>()
  useEffect(() => {
    load().then(
      (component) => setPage({ component }),
      (error: unknown) => setFailure(failureOf(error)),
    )
  }, [])
  if (Page) return <Page.component {...props} />
  return failure ? <FailureNote failure={failure} /> : <p role="status">Loading …</p>
}
