// sandbox/src/cloud/iot-core/fleet-index/index-query.ts: reads the queries of the fleet index (AWS IoT guide, «Query syntax»): terms that must all hold.
import { AwsError } from '../../aws-error.ts'

/** A document's value at a path such as `shadow.name.led.reported.on`. */
export type ValueAt = (path: string) => unknown

type Term = (valueAt: ValueAt) => boolean

/** Words are joined by blanks or `AND`; `NOT` denies one; a value may end in `*`. @throws AwsError InvalidQueryException for what the sandbox does not read */
export function readQuery(text: string): Term {
  const words = text.match(/[^\s"]*"[^"]*"|\S+/g) ?? []
  if (words.length === 0) throw refused('the query is empty')
  const terms: Term[] = []
  let isDenied = false
  for (const word of words) {
    if (word === 'AND') continue
    if (word === 'NOT') isDenied = true
    else {
      const holds = readTerm(word)
      terms.push(isDenied ? (valueAt) => !holds(valueAt) : holds)
      isDenied = false
    }
  }
  return (valueAt) => terms.every((holds) => holds(valueAt))
}

function readTerm(word: string): Term {
  if (word === '*') return () => true
  if (word === 'OR' || /[()[\]{}<>~?]/.test(word)) throw refused(`the sandbox does not read «${word}»: only terms such as field:value, joined by AND, with * at the end of a value`)
  const colon = word.indexOf(':')
  const [path, value] = colon === -1 ? ['thingName', word] : [word.slice(0, colon), word.slice(colon + 1)]
  const wanted = value.replace(/^"(.*)"$/, '$1').toLowerCase()
  const isPrefix = wanted.endsWith('*')
  const matches = (found: unknown): boolean => {
    if (Array.isArray(found)) return found.some(matches)
    if (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean') return false
    const text = String(found).toLowerCase()
    return isPrefix ? text.startsWith(wanted.slice(0, -1)) : text === wanted
  }
  return (valueAt) => matches(valueAt(path))
}

const refused = (why: string) => new AwsError('InvalidQueryException', `Invalid query: ${why}.`)
