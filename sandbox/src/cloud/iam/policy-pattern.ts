// sandbox/src/cloud/iam/policy-pattern.ts: the strings of a policy: wildcards `*` and `?`, variables `${…}`, compiled once and matched in linear memory.

/** The request's context: condition keys and policy variables are the same names. Undefined: the request has no such key. */
export type Context = (key: string) => string | readonly string[] | undefined

/** Whether the value matches; a pattern with a variable that has no value matches nothing. */
export interface Pattern {
  matches(value: string, context: Context): boolean
  /** Whether all of its variables have a value (always, when it has none). */
  isComplete(context: Context): boolean
}

export interface PatternOptions {
  readonly wildcards: boolean
  readonly variables: boolean
}

/** A UTF-16 code unit, or one of the wildcards below. */
type Token = number
const STAR: Token = -1
const ONE: Token = -2
type Part = readonly Token[] | { readonly variable: string; readonly otherwise: string | undefined }

export function compilePattern(source: string, options: PatternOptions): Pattern {
  const parts = partsOf(source, options)
  const prefix = literalPrefix(parts)
  if (parts.every((part): part is readonly Token[] => !('variable' in part))) return { matches: withoutVariables(parts.flat(), prefix), isComplete: () => true }
  return {
    isComplete: (context) => substituted(parts, context) !== undefined,
    matches(value, context) {
      if (!value.startsWith(prefix)) return false
      const tokens = substituted(parts, context)
      return tokens !== undefined && globs(tokens, value)
    },
  }
}

/** The three shapes that nearly all patterns have need no walk through their tokens. */
function withoutVariables(tokens: readonly Token[], prefix: string): (value: string) => boolean {
  const wildcard = tokens.findIndex((token) => token < 0)
  if (wildcard < 0) return (value) => value === prefix
  if (wildcard === tokens.length - 1 && tokens[wildcard] === STAR) return (value) => value.startsWith(prefix)
  return (value) => value.startsWith(prefix) && globs(tokens, value)
}

/** Splits at `${…}`. `${*}`, `${?}`, `${$}` stand for the characters themselves; `${key, 'x'}` has a default (IAM guide, «Variables and tags»). */
function partsOf(source: string, { wildcards, variables }: PatternOptions): Part[] {
  const parts: Part[] = []
  let at = 0
  while (variables) {
    const begin = source.indexOf('${', at)
    const end = begin < 0 ? -1 : source.indexOf('}', begin)
    if (end < 0) break
    parts.push(tokensOf(source.slice(at, begin), wildcards), variableOf(source.slice(begin + 2, end)))
    at = end + 1
  }
  return [...parts, tokensOf(source.slice(at), wildcards)]
}

function variableOf(inside: string): Part {
  const [, name = '', otherwise] = /^\s*(.*?)\s*(?:,\s*'(.*)'\s*)?$/s.exec(inside) ?? []
  return name === '*' || name === '?' || name === '$' ? tokensOf(name, false) : { variable: name, otherwise }
}

function tokensOf(text: string, wildcards: boolean): Token[] {
  return Array.from({ length: text.length }, (_, i) => {
    const character = text[i]
    if (wildcards && character === '*') return STAR
    return wildcards && character === '?' ? ONE : text.charCodeAt(i)
  })
}

function literalPrefix(parts: readonly Part[]): string {
  let prefix = ''
  for (const part of parts) {
    if ('variable' in part) return prefix
    for (const token of part) {
      if (token < 0) return prefix
      prefix += String.fromCharCode(token)
    }
  }
  return prefix
}

/** What a client brings stays literal: a `*` in a client id is no wildcard. A key with several values is no variable. */
function substituted(parts: readonly Part[], context: Context): Token[] | undefined {
  const tokens: Token[] = []
  for (const part of parts) {
    if (!('variable' in part)) tokens.push(...part)
    else {
      const value = context(part.variable) ?? part.otherwise
      if (typeof value !== 'string') return undefined
      tokens.push(...tokensOf(value, false))
    }
  }
  return tokens
}

/** Goes back only to the last `*`, so the worst case is length × length, whatever the pattern. */
function globs(pattern: readonly Token[], value: string): boolean {
  let at = 0
  let star = -1
  let resumeAt = 0
  let i = 0
  while (i < value.length) {
    const token = pattern[at]
    if (token === STAR) {
      star = at++
      resumeAt = i
    } else if (token === ONE || token === value.charCodeAt(i)) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++resumeAt
    } else return false
  }
  while (pattern[at] === STAR) at++
  return at === pattern.length
}
