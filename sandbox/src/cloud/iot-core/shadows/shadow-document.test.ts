// sandbox/src/cloud/iot-core/shadows/shadow-document.test.ts: the rules of shadow documents, one by one.
import { expect, test } from 'vitest'
import { documentOf, update, type Shadow } from './shadow-document.ts'
import { isRefusal, readUpdate } from './shadow-request.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function after(...updates: readonly object[]): Shadow {
  let shadow: Shadow | undefined
  updates.forEach((document, i) => {
    const request = readUpdate(bytes(JSON.stringify(document)))
    if (isRefusal(request)) throw new Error(request.message)
    ;({ shadow } = update(shadow, request, i + 1))
  })
  if (!shadow) throw new Error('no update')
  return shadow
}

const apply = (last: Shadow | undefined, document: object, now = 9) => {
  const request = readUpdate(bytes(JSON.stringify(document)))
  if (isRefusal(request)) throw new Error(request.message)
  return update(last, request, now)
}

test('fields merge, null deletes, arrays and scalars replace, times are of the last change', () => {
  const shadow = after({ state: { desired: { a: 1, b: { c: 1, d: [1, 2] }, e: 'x' } } }, { state: { desired: { b: { c: null, d: [3] }, e: { f: true } } } })
  expect(shadow).toEqual({
    state: { desired: { a: 1, b: { d: [3] }, e: { f: true } } },
    metadata: { desired: { a: { timestamp: 1 }, b: { d: [{ timestamp: 2 }] }, e: { f: { timestamp: 2 } } } },
    version: 2,
  })
})

test.each<[string, object, object]>([
  ['a section null', { state: { desired: null } }, { reported: { b: 2 } }],
  ['the state null', { state: null }, {}],
  ['every field null', { state: { desired: { a: null } } }, { reported: { b: 2 } }],
])('%s removes the section', (_case, document, left) => {
  expect(after({ state: { desired: { a: 1 }, reported: { b: 2 } } }, document).state).toEqual(left)
})

test.each<[string, object, object, object | undefined]>([
  ['what differs', { color: 'RED', state: 'STOP' }, { color: 'GREEN', engine: 'ON', state: 'STOP' }, { color: 'RED' }],
  ['the path to what differs', { lights: { color: { r: 255, g: 255 } } }, { lights: { color: { r: 255, g: 0 } } }, { lights: { color: { g: 255 } } }],
  ['whole arrays', { a: [1, 2], b: [1] }, { a: [2, 1], b: [1] }, { a: [1, 2] }],
  ['what is not reported at all', { a: { b: 1 } }, {}, { a: { b: 1 } }],
  ['an object over a scalar', { a: { b: 1 } }, { a: 1 }, { a: { b: 1 } }],
  ['nothing when only more is reported', { a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, undefined],
])('the delta holds %s', (_case, desired, reported, delta) => {
  const outcome = apply(undefined, { state: { desired, reported } })
  expect(outcome.delta?.['state']).toEqual(delta)
  expect(documentOf(outcome.shadow, 9)['state']).toEqual({ desired, ...(Object.keys(reported).length > 0 && { reported }), ...(delta && { delta }) })
})

test('the answers of an update are those of the AWS IoT guide', () => {
  const last = after({ state: { desired: { color: 'RED' }, reported: { color: 'GREEN' } } })
  const outcome = apply(last, { state: { reported: { engine: 'ON', old: null } }, clientToken: 't' })
  expect(outcome.accepted).toEqual({ state: { reported: { engine: 'ON', old: null } }, metadata: { reported: { engine: { timestamp: 9 } } }, version: 2, timestamp: 9, clientToken: 't' })
  expect(outcome.delta).toEqual({ state: { color: 'RED' }, metadata: { color: { timestamp: 1 } }, version: 2, timestamp: 9, clientToken: 't' })
  expect(outcome.documents).toEqual({ previous: last, current: outcome.shadow, timestamp: 9, clientToken: 't' })
})

test('metadata of a member that is itself called timestamp stays apart', () => {
  expect(after({ state: { reported: { a: { timestamp: 5 } } } }, { state: { reported: { a: { b: 1 } } } }).metadata.reported).toEqual({ a: { timestamp: { timestamp: 1 }, b: { timestamp: 2 } } })
})

const deep = (levels: number): object => (levels === 0 ? {} : { x: deep(levels - 1) })

test.each<[string, string, number, string]>([
  ['no JSON', '{', 400, 'Invalid JSON'],
  ['an empty payload', '', 400, 'Invalid JSON'],
  ['no object', '[]', 400, 'Missing required node: state'],
  ['no state', '{"a":1}', 400, 'Missing required node: state'],
  ['a state that is no object', '{"state":1}', 400, 'State node must be an object'],
  ['a desired that is no object', '{"state":{"desired":[]}}', 400, 'Desired node must be an object'],
  ['a reported that is no object', '{"state":{"reported":"x"}}', 400, 'Reported node must be an object'],
  ['another section', '{"state":{"delta":{}}}', 400, "State contains an invalid node: 'delta'"],
  ['a version that is none', '{"state":{},"version":"1"}', 400, 'Invalid version'],
  ['a client token that is too long', `{"state":{},"clientToken":"${'x'.repeat(65)}"}`, 400, 'Invalid clientToken'],
  ['9 levels', JSON.stringify({ state: { desired: deep(8) } }), 400, 'JSON contains too many levels of nesting; maximum is 8'],
  ['null in an array', '{"state":{"desired":{"a":[1,null]}}}', 400, 'State contains an invalid node'],
])('%s is refused', (_case, payload, code, message) => {
  expect(readUpdate(bytes(payload))).toMatchObject({ code, message })
})

test('other bytes than UTF-8 are refused, 8 levels are not', () => {
  expect(readUpdate(Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject({ code: 415 })
  expect(readUpdate(bytes(JSON.stringify({ state: { desired: deep(7) } })))).not.toHaveProperty('message')
})
