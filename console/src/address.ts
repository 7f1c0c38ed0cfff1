// console/src/address.ts: what is shown stands in the address: it can be kept, sent, and gone back from.
import { useEffect, useState } from 'preact/hooks'

export const PAGES = ['fleet', 'device', 'releases', 'admission', 'audit', 'cost', 'faults'] as const
export type Page = (typeof PAGES)[number]

/** Query parameters: `?page=device&serial=…`. */
export type Address = Readonly<Record<string, string>>

const CHANGED = 'addresschange'

export const pageOf = ({ page }: Address): Page => PAGES.find((known) => known === page) ?? 'fleet'
export const hrefOf = (address: Address): string => `?${new URLSearchParams(Object.entries(address).filter(([, value]) => value !== '')).toString()}`

const current = (): Address => Object.fromEntries(new URLSearchParams(location.search))

export function go(address: Address): void {
  history.pushState(null, '', hrefOf(address))
  dispatchEvent(new Event(CHANGED))
}

/** For what is typed: no step of its own to go back to. */
export function refine(change: Address): void {
  history.replaceState(null, '', hrefOf({ ...current(), ...change }))
  dispatchEvent(new Event(CHANGED))
}

export function useAddress(): Address {
  const [address, setAddress] = useState(current)
  useEffect(() => {
    const heard = () => setAddress(current())
    for (const event of [CHANGED, 'popstate']) addEventListener(event, heard)
    return () => {
      for (const event of [CHANGED, 'popstate']) removeEventListener(event, heard)
    }
  }, [])
  return address
}
