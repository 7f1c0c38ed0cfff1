// sandbox/src/cloud/iot-core/rules/text-functions.ts: functions of rule SQL on texts (AWS IoT guide, «Functions»).
import { createHash } from 'node:crypto'
import { isArray, isJson, isSqlObject, toDecimal, toInt, toText, type SqlValue } from './sql-values.ts'

export type SqlFunction = (...args: readonly SqlValue[]) => SqlValue

/** All arguments become texts; if one cannot, the result is Undefined. */
const ofTexts =
  (count: number, apply: (...texts: readonly string[]) => SqlValue): SqlFunction =>
  (...args) => {
    const texts = args.map(toText).filter((text) => text !== undefined)
    return args.length === count && texts.length === count ? apply(...texts) : undefined
  }

const withPattern = (pattern: string, apply: (expression: RegExp) => SqlValue): SqlValue => {
  try {
    return apply(new RegExp(pattern, 'g'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const hash = (algorithm: string): SqlFunction => ofTexts(1, (text = '') => createHash(algorithm).update(text).digest('hex'))

const MOST_PADDING = 1000

const pad =
  (join: (text: string, spaces: string) => string): SqlFunction =>
  (value, count) => {
    const [text, spaces] = [toText(value), toDecimal(count)]
    if (text === undefined || spaces === undefined) return undefined
    return join(text, ' '.repeat(Math.min(MOST_PADDING, Math.max(0, Math.floor(spaces)))))
  }

export const TEXT_FUNCTIONS: Readonly<Record<string, SqlFunction>> = {
  lower: ofTexts(1, (text = '') => text.toLowerCase()),
  upper: ofTexts(1, (text = '') => text.toUpperCase()),
  length: ofTexts(1, (text = '') => text.length),
  numbytes: ofTexts(1, (text = '') => Buffer.byteLength(text)),
  startswith: ofTexts(2, (text = '', start = '') => text.startsWith(start)),
  endswith: ofTexts(2, (text = '', end = '') => text.endsWith(end)),
  indexof: ofTexts(2, (text = '', part = '') => text.indexOf(part)),
  replace: ofTexts(3, (text = '', part = '', by = '') => text.replaceAll(part, () => by)),
  regexp_matches: ofTexts(2, (text = '', pattern = '') => withPattern(pattern, (expression) => expression.test(text))),
  regexp_replace: ofTexts(3, (text = '', pattern = '', by = '') => withPattern(pattern, (expression) => text.replace(expression, by))),
  regexp_substr: ofTexts(2, (text = '', pattern = '') => withPattern(pattern, (expression) => expression.exec(text)?.[0])),
  trim: ofTexts(1, (text = '') => text.replaceAll(/^[ \t]+|[ \t]+$/g, '')),
  ltrim: ofTexts(1, (text = '') => text.replace(/^[ \t]+/, '')),
  rtrim: ofTexts(1, (text = '') => text.replace(/[ \t]+$/, '')),
  lpad: pad((text, spaces) => spaces + text),
  rpad: pad((text, spaces) => text + spaces),
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha224: hash('sha224'),
  sha256: hash('sha256'),
  sha384: hash('sha384'),
  sha512: hash('sha512'),
  substring(value, from, to) {
    const [text, start] = [toText(value), toDecimal(from)]
    const end = to === undefined ? Infinity : toDecimal(to)
    if (text === undefined || start === undefined || end === undefined) return undefined
    return text.slice(Math.max(0, Math.floor(start)), Math.max(0, Math.floor(Math.min(end, text.length))))
  },
  concat(...args) {
    if (args.length === 0) return undefined
    if (args.length === 1) return args[0]
    if (args.some(isArray)) return args.every(isJson) ? args.flat() : undefined
    const texts = args.map(toText)
    return args.some((arg) => typeof arg === 'string') && texts.every((text) => text !== undefined) ? texts.join('') : undefined
  },
  chr(value) {
    const code = toDecimal(value)
    const ascii = code === undefined ? -1 : Math.floor(code)
    return ascii >= 0 && ascii < 128 ? String.fromCharCode(ascii) : undefined
  },
  get(from, key) {
    if (isSqlObject(from)) return typeof key === 'string' && Object.hasOwn(from, key) ? from[key] : undefined
    const index = toInt(key)
    if (index === undefined || index < 0 || !(typeof from === 'string' || isArray(from))) return undefined
    return from[index]
  },
  encode(value, scheme) {
    const bytes = value instanceof Uint8Array ? value : toText(value)
    return scheme === 'base64' && bytes !== undefined ? Buffer.from(bytes).toString('base64') : undefined
  },
  decode(value, scheme) {
    const text = toText(value)
    return scheme === 'base64' && text !== undefined ? decoded(text) : undefined
  },
}

/** A JSON document as such, else the text; Null when it cannot be decoded. */
function decoded(base64: string): SqlValue {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64').replaceAll('=', '') !== base64.replaceAll('=', '')) return null
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text) as SqlValue // JSON.parse gives nothing else
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
