// console/src/parts/virtual-table.tsx: a table of any length that draws only the rows in sight.
import { Component, type ComponentChildren } from 'preact'
import { ROW_PX, useRowsInSight } from './use-rows-in-sight.ts'

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

export function VirtualTable<Row>({ label, columns, rows, sort, onSort, onSight }: VirtualTableProps<Row>) {
  const { box, drawn, scrolled } = useRowsInSight(rows, onSight)
  return (
    <div class="table-box" ref={box} onScroll={scrolled} onKeyDown={byArrows} tabIndex={0} role="region" aria-label={label}>
      <table role="table" aria-rowcount={rows.length + 1} aria-label={label}>
        <Head {...{ columns, sort, onSort }} />
        <tbody role="rowgroup" style={{ height: `${rows.length * ROW_PX}px` }}>
          {drawn.map((index) => (
            <Line key={index % drawn.length} row={rows[index] as Row} {...{ index, columns }} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface LineProps<Row> {
  readonly row: Row
  readonly index: number
  readonly columns: readonly Column<Row>[]
}

/** Drawn anew only when it has become another one, which most have not when the table is scrolled. (What `useMemo` keeps of a tree would hold all former trees.) */
class Line<Row> extends Component<LineProps<Row>> {
  override shouldComponentUpdate({ row, index, columns }: LineProps<Row>): boolean {
    return row !== this.props.row || index !== this.props.index || columns !== this.props.columns
  }
  override render({ row, index, columns }: LineProps<Row>) {
    return (
      <tr role="row" aria-rowindex={index + 2} style={{ top: `${index * ROW_PX}px` }}>
        {columns.map((column) => (
          <td key={column.key} role="cell" class={classOf(column)}>
            {column.cell(row)}
          </td>
        ))}
      </tr>
    )
  }
}

const Head = <Row,>({ columns, sort, onSort }: Pick<VirtualTableProps<Row>, 'columns' | 'sort' | 'onSort'>) => (
  <thead role="rowgroup">
    <tr role="row" aria-rowindex={1}>
      {columns.map((column) => (
        <th key={column.key} role="columnheader" scope="col" class={classOf(column)} aria-sort={sort.by === column.key ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}>
          <button onClick={() => onSort(column.key)}>{column.title}</button>
        </th>
      ))}
    </tr>
  </thead>
)

const classOf = ({ isWide, width }: Pick<Column<never>, 'isWide' | 'width'>) => [isWide === true && 'wide', width].filter(Boolean).join(' ')

/** Up and down go from link to link, as the table has them: the document is put in order only when the scrolling has stopped. */
function byArrows(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return
  const lines = [...event.currentTarget.querySelectorAll('tbody tr')].sort((one, other) => Number(one.ariaRowIndex) - Number(other.ariaRowIndex))
  const links = lines.flatMap((line) => [...line.querySelectorAll<HTMLElement>('a')])
  const current = links.indexOf(document.activeElement as HTMLElement) // may be none of them
  links.at(current === -1 ? 0 : Math.min(Math.max(current + step, 0), links.length - 1))?.focus()
  event.preventDefault()
}
