// sandbox/src/site/own-core/board-words.ts: what the board in QEMU and the test beside it say to each other: one JSON text a line.
import type { Seen } from '../board/light.ts'

/** A press waits for the component that hears it. */
export type ToBoard = { readonly ask: 'press' } | { readonly ask: Script }

/** Of os-image/test/uefi/guest: how the machine stands; what it takes and when. */
export type Script = 'look' | 'figures'

export type FromBoard =
  | { readonly tell: 'light'; readonly seen: Seen }
  | { readonly tell: 'pressed' }
  /** `name value unit`, as the script printed them. */
  | { readonly tell: 'printed'; readonly lines: readonly string[] }
