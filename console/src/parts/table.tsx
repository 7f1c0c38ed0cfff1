// console/src/parts/table.tsx: a plain table, all of whose rows are drawn. For thousands there is virtual-table.tsx.
import type { ComponentChildren } from 'preact'

export interface TableColumn<Row> {
  readonly title: string
  readonly cell: (row: Row, index: number) => ComponentChildren
  /** Names its row for screen readers. */
  readonly isHead?: boolean
  /** Of its cells; `wide` also of its title: left away on small screens. */
  readonly look?: 'number' | 'serial' | 'wide'
}

export interface TableProps<Row> {
  readonly columns: readonly TableColumn<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}

export const Table = <Row,>({ columns, rows, keyOf }: TableProps<Row>) => (
  <table>
    <thead>
      <tr>
        {columns.map(({ title, look }) => (
          <th key={title} scope="col" class={look === 'wide' ? look : ''}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((row, index) => (
        <tr key={keyOf(row)}>{columns.map((column) => cellOf(column, row, index))}</tr>
      ))}
    </tbody>
  </table>
)

function cellOf<Row>({ title, cell, isHead = false, look }: TableColumn<Row>, row: Row, index: number) {
  if (isHead) {
    return (
      <th key={title} scope="row" class={look ?? ''}>
        {cell(row, index)}
      </th>
    )
  }
  return (
    <td key={title} class={look ?? ''}>
      {cell(row, index)}
    </td>
  )
}

/** One that may be wider than the screen: it is scrolled by itself, also by the keyboard. */
export const ScrollingTable = <Row,>({ label, ...table }: TableProps<Row> & { readonly label: string }) => (
  <div class="scrolling" tabIndex={0} role="region" aria-label={label}>
    <Table {...table} />
  </div>
)
