// sandbox/src/cloud/iot-core/rules/token-reader.ts: goes through the tokens of a statement one by one.
import { sqlError, tokensOf, type Token } from './sql-tokens.ts'

export interface TokenReader {
  peek(ahead?: number): Token
  next(): Token
  /** Whether this keyword came; it is taken then. Keywords are read in any case. */
  takeWord(keyword: string): boolean
  takeSign(...signs: readonly string[]): string | undefined
  /** VALUE is a keyword only where a value follows it: payloads have members of that name. */
  takeValueKeyword(): boolean
  expectWord(keyword: string): void
  expectSign(sign: string): void
  expect(kind: Token['kind'], what: string): string
  /** A word or a text in quotes. */
  expectName(): string
  expectEnd(): void
}

const AFTER_A_NAME = /^(?:FROM|AS|WHERE|AND|OR)$/i

export function tokenReader(sql: string): TokenReader {
  const tokens = tokensOf(sql)
  let at = 0
  const peek = (ahead = 0): Token => tokens[at + ahead] ?? { kind: 'end', text: '', at: sql.length }
  const next = (): Token => {
    const token = peek()
    at++
    return token
  }
  const isWord = (token: Token, keyword: string) => token.kind === 'word' && token.text.toUpperCase() === keyword
  const unexpected = (wanted: string) => sqlError(`Expected ${wanted}, found ${peek().kind === 'end' ? 'the end' : `'${peek().text}'`}`, peek().at)
  const reader: TokenReader = {
    peek,
    next,
    takeWord(keyword) {
      const came = isWord(peek(), keyword)
      if (came) at++
      return came
    },
    takeSign(...signs) {
      const token = peek()
      const came = token.kind === 'sign' && signs.includes(token.text)
      if (came) at++
      return came ? token.text : undefined
    },
    takeValueKeyword() {
      const after = peek(1)
      const isName = after.kind === 'end' || (after.kind === 'sign' && !'({[*-'.includes(after.text)) || (after.kind === 'word' && AFTER_A_NAME.test(after.text))
      return !isName && reader.takeWord('VALUE')
    },
    expectWord(keyword) {
      if (!reader.takeWord(keyword)) throw unexpected(keyword)
    },
    expectSign(sign) {
      if (reader.takeSign(sign) === undefined) throw unexpected(`'${sign}'`)
    },
    expect(kind, what) {
      if (peek().kind !== kind) throw unexpected(what)
      return next().text
    },
    expectName() {
      const { kind } = peek()
      if (kind !== 'word' && kind !== 'text') throw unexpected('a name')
      return next().text
    },
    expectEnd() {
      if (peek().kind !== 'end') throw unexpected('the end')
    },
  }
  return reader
}
