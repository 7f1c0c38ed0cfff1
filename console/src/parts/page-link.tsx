// console/src/parts/page-link.tsx: a link within the console: an ordinary one, that loads nothing when it is clicked plainly.
import type { ComponentChildren } from 'preact'
import { go, hrefOf, type Address } from '../address.ts'

export interface PageLinkProps {
  readonly address: Address
  readonly isCurrent?: boolean
  readonly children: ComponentChildren
}

export function PageLink({ address, isCurrent = false, children }: PageLinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go(address)
  }
  return (
    <a href={hrefOf(address)} onClick={follow} {...(isCurrent && { 'aria-current': 'page' as const })}>
      {children}
    </a>
  )
}
