// console/src/sandbox/use-pis.ts: the simulated Pis as they stand now, for the pages; none on AWS.
import { useEffect, useState } from 'preact/hooks'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import type { Link } from '../cloud/messages.ts'
import { watchPis } from './control.ts'

export type Pis = ReadonlyMap<string, SandboxPi>

export function usePis(isSandbox: boolean): { readonly pis: Pis | undefined; readonly link: Link | undefined } {
  const [pis, setPis] = useState<Pis>(new Map())
  const [link, setLink] = useState<Link>('connecting')
  useEffect(() => {
    if (!isSandbox) return
    const watch = watchPis({ onPis: setPis, onLink: setLink })
    return () => watch[Symbol.dispose]()
  }, [isSandbox])
  return isSandbox ? { pis, link } : { pis: undefined, link: undefined }
}
