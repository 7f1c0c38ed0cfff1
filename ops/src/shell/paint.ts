// ops/src/shell/paint.ts: colours for a terminal, none for anything else.
import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
export type Paint = (style: Style, text: string) => string

/** What a pipe, a file and a test get. */
export const plain: Paint = (_style, text) => text

/** Colours as the stream can show them: none unless it is a terminal; NO_COLOR and FORCE_COLOR are heeded. */
export const paintFor = (stream: NodeJS.WriteStream): Paint => (style, text) => styleText(style, text, { stream })
