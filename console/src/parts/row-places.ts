// console/src/parts/row-places.ts: which rows of a long table are drawn, and where in the document each of them stands while it is scrolled.
export interface Places {
  /** The first row that is drawn, from 0. */
  readonly from: number
  /** How many are drawn. */
  readonly size: number
  /** What `from` was when the document was last put in order. */
  readonly settled: number
}

/**
 * The rows `from` … `from + size - 1` by their numbers, in the order of the document. A row stays where it is as long as it is drawn, and the next one
 * comes into the place of one that has left: nothing is moved. The order is that of the table when `settled` is `from`.
 */
export const inPlaces = ({ from, size, settled }: Places): readonly number[] =>
  Array.from({ length: size }, (_, place) => from + (((settled + place - from) % size) + size) % size)
