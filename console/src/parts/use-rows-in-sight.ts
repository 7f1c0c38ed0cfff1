// console/src/parts/use-rows-in-sight.ts: follows which rows of a long table are in sight, and puts them in order when the scrolling has stopped.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { inPlaces } from './row-places.ts'

/** As in tables.css. */
export const ROW_PX = 40
const SPARE_ROWS = 8
/** Rows that fly past need not be asked about, nor put in order. */
const STOPPED_TO_SCROLL_MS = 150

export interface RowsInSight {
  readonly box: { readonly current: HTMLDivElement | null }
  /** Numbers of rows, in the order of the document. */
  readonly drawn: readonly number[]
  readonly scrolled: () => void
}

/** @param onSight told of the rows drawn when they have been in sight for a moment */
export function useRowsInSight<Row>(rows: readonly Row[], onSight: (rows: readonly Row[]) => void): RowsInSight {
  const box = useRef<HTMLDivElement>(null)
  const [first, setFirst] = useState(0)
  const count = useRoom(box)
  const size = Math.min(count, rows.length)
  const from = Math.min(first, rows.length - size)
  const [settled, settle] = useSettled(box)
  useEffect(() => {
    const timer = setTimeout(() => {
      settle(from)
      onSight(rows.slice(from, from + size))
    }, STOPPED_TO_SCROLL_MS)
    return () => clearTimeout(timer)
  }, [rows, from, size, onSight])
  const scrolled = () => setFirst(Math.max(0, Math.floor((box.current?.scrollTop ?? 0) / ROW_PX) - SPARE_ROWS))
  return { box, drawn: inPlaces({ from, size, settled }), scrolled }
}

/** How many rows are drawn: those that fit, and some before and after them. */
function useRoom(box: RowsInSight['box']): number {
  const [count, setCount] = useState(30)
  useEffect(() => {
    const measure = () => setCount(Math.ceil((box.current?.clientHeight ?? 600) / ROW_PX) + 2 * SPARE_ROWS)
    measure()
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  return count
}

/** What is moved in the document loses the focus in browsers without `moveBefore`: it is given back. */
function useSettled(box: RowsInSight['box']): readonly [number, (from: number) => void] {
  const [settled, setSettled] = useState(0)
  const focused = useRef<Element>(null)
  useLayoutEffect(() => {
    const { current } = focused
    focused.current = null
    if (current instanceof HTMLElement && box.current?.contains(current) === true) current.focus({ preventScroll: true })
  }, [settled])
  const settle = (from: number) => {
    focused.current = document.activeElement
    setSettled(from)
  }
  return [settled, settle]
}
