// console/src/parts/tabs.tsx: views of the same thing; which one is shown stands in the address.
import { hrefOf, refine, type Address } from '../address.ts'

export interface TabsProps {
  readonly label: string
  /** The parameter of the address. */
  readonly name: string
  readonly address: Address
  /** Value and title; the first is shown when the address says nothing. */
  readonly views: readonly (readonly [string, string])[]
}

export function Tabs({ label, name, address, views }: TabsProps) {
  const current = address[name] ?? views[0]?.[0]
  const follow = (event: MouseEvent, value: string) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    refine({ [name]: value })
  }
  return (
    <nav class="tabs" aria-label={label}>
      {views.map(([value, title]) => (
        <a key={value} href={hrefOf({ ...address, [name]: value })} onClick={(event) => follow(event, value)} {...(value === current && { 'aria-current': 'true' as const })}>
          {title}
        </a>
      ))}
    </nav>
  )
}
