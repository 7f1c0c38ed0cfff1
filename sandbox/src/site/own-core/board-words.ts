// sandbox/src/site/own-core/board-words.ts: what the board in QEMU and the test beside it say to each other: one JSON text a line.
import type { Seen } from '../board/light.ts'

export type ToBoard = { readonly ask: 'press' } | { readonly ask: 'look' }

export type FromBoard =
  | { readonly tell: 'light'; readonly seen: Seen }
  | { readonly tell: 'pressed' }
  /** `name value unit` lines of look.sh. */
  | { readonly tell: 'figures'; readonly lines: readonly string[] }
