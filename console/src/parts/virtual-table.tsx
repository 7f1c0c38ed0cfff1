// console/src/parts/virtual-table.tsx: a table of any length that draws only the rows in sight.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

export interface Column<Row> {
  readonly key: string
  readonly title: string
  /** Left away on small screens. */
  readonly isWide?: boolean
  /** As much room as there is, or as a serial number takes. */
  readonly width?: 'broad' | 'long'
  /** Drawn into the place of another row when the table is scrolled: what has a state or a focus of its own needs a key. */
  readonly cell: (row: Row) => ComponentChildren
}

export interface VirtualTableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly sort: { readonly by: string; readonly isDescending: boolean }
  readonly onSort: (by: string) => void
  /** These rows are in sight, for a moment at least. */
  readonly onSight: (rows: readonly Row[]) => void
}

/** Rows that fly past need not be asked about. */
const STOPPED_TO_SCROLL_MS = 150
/** As in console.css. */
const ROW_PX = 40
const SPARE_ROWS = 8

export function VirtualTable<Row>({ label, columns, rows, sort, onSort, onSight }: VirtualTableProps<Row>) {
  const box = useRef<HTMLDivElement>(null)
  const [first, setFirst] = useState(0)
  const [count, setCount] = useState(30)
  useEffect(() => {
    const measure = () => setCount(Math.ceil((box.current?.clientHeight ?? 600) / ROW_PX) + 2 * SPARE_ROWS)
    measure()
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  const scrolled = () => setFirst(Math.max(0, Math.floor((box.current?.scrollTop ?? 0) / ROW_PX) - SPARE_ROWS))
  const from = Math.min(first, Math.max(0, rows.length - count))
  const shown = rows.slice(from, from + count)
  useEffect(() => {
    const timer = setTimeout(() => onSight(shown), STOPPED_TO_SCROLL_MS)
    return () => clearTimeout(timer)
  }, [rows, from, count, onSight])
  return (
    <div class="table-box" ref={box} onScroll={scrolled} onKeyDown={byArrows} tabIndex={0} role="region" aria-label={label}>
      <table aria-rowcount={rows.length + 1} aria-label={label}>
        <Head {...{ columns, sort, onSort }} />
        <tbody>
          <Space rows={from} />
          {shown.map((row, index) => (
            <tr key={(from + index) % count} aria-rowindex={from + index + 2}>
              {columns.map(({ key, isWide, cell }) => (
                <td key={key} class={isWide === true ? 'wide' : ''}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Space rows={rows.length - from - shown.length} />
        </tbody>
      </table>
    </div>
  )
}

const Head = <Row,>({ columns, sort, onSort }: Pick<VirtualTableProps<Row>, 'columns' | 'sort' | 'onSort'>) => (
  <thead>
    <tr aria-rowindex={1}>
      {columns.map(({ key, title, isWide, width }) => (
        <th key={key} scope="col" class={[isWide === true && 'wide', width].filter(Boolean).join(' ')} aria-sort={sort.by === key ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}>
          <button onClick={() => onSort(key)}>{title}</button>
        </th>
      ))}
    </tr>
  </thead>
)

const Space = ({ rows }: { readonly rows: number }) => (rows > 0 ? <tr aria-hidden="true" style={{ height: `${rows * ROW_PX}px` }} /> : null)

/** Up and down go from link to link. */
function byArrows(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('tbody a')]
  const current = links.indexOf(document.activeElement as HTMLElement) // may be none of them
  links.at(current === -1 ? 0 : Math.min(Math.max(current + step, 0), links.length - 1))?.focus()
  event.preventDefault()
}
