// sandbox/src/site/nucleus/ipc/resource-pattern.ts: what a resource in an access control policy matches.

/** MQTT wildcards count for cloud topics; elsewhere `+` and `#` are characters like others. */
export type PatternStyle = 'plain' | 'mqtt'

/** A function that tells whether the pattern covers a resource. @throws Error for a pattern that the nucleus refuses */
export function resourceMatcher(pattern: string, style: PatternStyle): (resource: string) => boolean {
  const expression = new RegExp(`^${expressionOf(pattern, style)}$`, 's')
  return (resource) => expression.test(resource)
}

const ESCAPED = /^\$\{([^}])\}/

function expressionOf(pattern: string, style: PatternStyle): string {
  if (pattern === '') throw new Error('Resource cannot be empty')
  let expression = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    if (pattern.startsWith('${', at)) {
      expression += literal(escapedCharacter(pattern.slice(at)))
      at += 3
    } else if (character === '?') throw new Error("Resource contains invalid character: '?'. Use an escape sequence: ${?}. The '?' character isn't supported as a wildcard")
    else if (character === '*') expression += '.*'
    else if (style === 'mqtt' && character === '+' && isWholeLevel(pattern, at)) expression += '[^/]*'
    else if (style === 'mqtt' && pattern.slice(at) === '/#') return `${expression}(/.*)?`
    else if (style === 'mqtt' && pattern === '#') return '.*'
    else expression += literal(character)
  }
  return expression
}

function escapedCharacter(rest: string): string {
  const [, character] = ESCAPED.exec(rest) ?? []
  if (character === undefined || !'*$?'.includes(character)) throw new Error('Resource contains an invalid escape sequence. You can use ${*}, ${$}, or ${?}')
  return character
}

const isWholeLevel = (pattern: string, at: number) => (at === 0 || pattern[at - 1] === '/') && (at === pattern.length - 1 || pattern[at + 1] === '/')

const literal = (character: string) => character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
