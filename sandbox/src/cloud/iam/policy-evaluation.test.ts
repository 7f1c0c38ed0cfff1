// sandbox/src/cloud/iam/policy-evaluation.test.ts: what policies allow, case by case.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile, contextOf, evaluate, PolicyMalformed } from './policy-evaluation.ts'

type Raw = Record<string, unknown>
const policy = (...statements: Raw[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements })
const allow = (action: unknown, resource: unknown, more: Raw = {}): Raw => ({ Effect: 'Allow', Action: action, Resource: resource, ...more })
const deny = (action: unknown, resource: unknown, more: Raw = {}): Raw => ({ Effect: 'Deny', Action: action, Resource: resource, ...more })
const CN = 'iot:Certificate.Subject.CommonName'

const decides = (document: string, request: { action?: string; resource?: string; context?: Record<string, string | string[]> }) =>
  compile(document).evaluate({ action: request.action ?? 'iot:Publish', resource: request.resource ?? 'arn:t/a', context: contextOf(request.context ?? {}) })

describe('wildcards', () => {
  test.each([
    ['arn:t/a', 'arn:t/a', true],
    ['arn:t/a', 'arn:t/ab', false],
    ['arn:t/*', 'arn:t/', true],
    ['arn:t/*', 'arn:t/a/b:c', true],
    ['arn:t/*', 'arn:x/a', false],
    ['arn:t/?', 'arn:t/', false],
    ['arn:t/?', 'arn:t/a', true],
    ['arn:*/led', 'arn:a/b/led', true],
    ['arn:*/led', 'arn:a/leds', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
    ['*aab', 'aaab', true],
    ['*', '', true],
    ['arn:t/+/#', 'arn:t/a/b', false], // MQTT's wildcards mean themselves
    ['arn:t/+/#', 'arn:t/+/#', true],
    ['arn:T/a', 'arn:t/a', false],
  ])('%s on %s: %s', (pattern, resource, expected) => {
    expect(decides(policy(allow('iot:Publish', pattern)), { resource }).allowed).toBe(expected)
  })

  test('agree with a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.', '/'), minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 12 }), (pattern, resource) => {
        const expected = new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(resource)
        expect(decides(policy(allow('*', pattern)), { resource }).allowed).toBe(expected)
      }),
    )
  })

  test('a hostile pattern costs no more than length times length', () => {
    const compiled = compile(policy(allow('*', '*a'.repeat(500))))
    const began = process.threadCpuUsage()
    expect(compiled.evaluate({ action: 'x:y', resource: 'a'.repeat(2000) + 'b' }).allowed).toBe(false)
    const { user, system } = process.threadCpuUsage(began) // of this thread, whatever else the machine does
    expect((user + system) / 1000).toBeLessThan(1000)
  })

  test.each([
    ['iot:Publish', true],
    ['IOT:publish', true],
    ['iot:Pub*', true],
    ['*', true],
    ['iot:Subscribe', false],
  ])('action %s: %s', (action, expected) => {
    expect(decides(policy(allow(action, '*')), {}).allowed).toBe(expected)
  })
})

describe('variables', () => {
  const own = policy(allow('iot:Publish', `arn:t/\${${CN}}/*`))
  test.each<[string, Record<string, string | string[]>, boolean]>([
    ['arn:t/pi1/x', { [CN]: 'pi1' }, true],
    ['arn:t/pi2/x', { [CN]: 'pi1' }, false],
    ['arn:t/pi1/x', {}, false],
    ['arn:t//x', {}, false],
    [`arn:t/\${${CN}}/x`, {}, false], // the text of the variable itself is no way in
    ['arn:t/other/x', { [CN]: '*' }, false], // a wildcard in a value is a character
    ['arn:t/*/x', { [CN]: '*' }, true],
    ['arn:t/pi1/x', { [CN]: ['pi1', 'pi2'] }, false],
  ])('%s with %j: %s', (resource, context, expected) => {
    expect(decides(own, { resource, context }).allowed).toBe(expected)
  })

  test('escapes stand for the characters', () => {
    const document = policy(allow('*', 'arn:t/${*}${?}${$}'))
    expect(decides(document, { resource: 'arn:t/*?$' }).allowed).toBe(true)
    expect(decides(document, { resource: 'arn:t/ab$' }).allowed).toBe(false)
  })

  test('a default stands in for a missing value', () => {
    const document = policy(allow('*', "arn:t/${aws:PrincipalTag/team, 'none'}/x"))
    expect(decides(document, { resource: 'arn:t/none/x' }).allowed).toBe(true)
    expect(decides(document, { resource: 'arn:t/red/x', context: { 'aws:PrincipalTag/team': 'red' } }).allowed).toBe(true)
  })

  test('are plain text in a document of 2008', () => {
    const document = JSON.stringify({ Version: '2008-10-17', Statement: allow('*', `arn:t/\${${CN}}`) })
    expect(decides(document, { resource: 'arn:t/pi1', context: { [CN]: 'pi1' } }).allowed).toBe(false)
    expect(decides(document, { resource: `arn:t/\${${CN}}` }).allowed).toBe(true)
  })

  test('one without value never widens what NotResource allows, and never narrows what it denies', () => {
    const not = { NotResource: [`arn:t/\${${CN}}`], Action: '*' }
    expect(decides(policy({ Effect: 'Allow', ...not }), { resource: 'arn:t/x' }).allowed).toBe(false)
    expect(decides(policy(allow('*', '*'), { Effect: 'Deny', ...not }), { resource: 'arn:t/x' }).allowed).toBe(false)
    expect(decides(policy({ Effect: 'Allow', ...not }), { resource: 'arn:t/x', context: { [CN]: 'y' } }).allowed).toBe(true)
  })
})

describe('the decision', () => {
  test('explicit deny wins, over documents too, and is named', () => {
    const both = [compile(policy(allow('*', '*')), { name: 'open' }), compile(policy(deny('iot:Publish', 'arn:t/a', { Sid: 'NotThere' })), { name: 'guard' })]
    expect(evaluate(both, { action: 'iot:Publish', resource: 'arn:t/a' })).toEqual({ allowed: false, reason: 'explicit-deny', by: 'guard/NotThere' })
    expect(evaluate(both, { action: 'iot:Publish', resource: 'arn:t/b' })).toEqual({ allowed: true, by: 'open/1' })
  })

  test('what nobody allows is denied', () => {
    expect(evaluate([], { action: 'iot:Publish', resource: 'arn:t/a' })).toEqual({ allowed: false, reason: 'implicit-deny', by: undefined })
    expect(decides(policy({ Effect: 'Allow', NotAction: 'iot:*', Resource: '*' }), {}).allowed).toBe(false)
    expect(decides(policy({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }), {}).allowed).toBe(true)
  })

  test('resource policies hold for whom they name', () => {
    const document = policy(allow('s3:GetObject', '*', { Principal: { AWS: ['arn:aws:iam::1:role/r'] } }))
    const ask = (...names: string[]) => compile(document, { kind: 'resource' }).evaluate({ action: 's3:GetObject', resource: 'x', principal: { type: 'AWS', names } }).allowed
    expect([ask('arn:aws:iam::1:role/r'), ask('arn:aws:iam::1:role/other')]).toEqual([true, false])
    expect(compile(document, { kind: 'resource' }).evaluate({ action: 's3:GetObject', resource: 'x' }).allowed).toBe(false)
    expect(compile(policy(deny('*', '*', { Principal: '*' })), { kind: 'resource' }).evaluate({ action: 'a:b', resource: 'x', principal: { type: 'Service', names: ['iot.amazonaws.com'] } })).toMatchObject({ reason: 'explicit-deny' })
  })

  test('a trust policy names services', () => {
    const document = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } })
    const ask = (name: string) => compile(document, { kind: 'trust' }).evaluate({ action: 'sts:AssumeRole', resource: '', principal: { type: 'Service', names: [name] } }).allowed
    expect([ask('lambda.amazonaws.com'), ask('iot.amazonaws.com')]).toEqual([true, false])
  })
})

describe('conditions', () => {
  test.each<[string, Raw, Record<string, string | string[]>, boolean]>([
    ['StringEquals', { k: 'a' }, { k: 'a' }, true],
    ['StringEquals', { k: ['b', 'a'] }, { k: 'a' }, true],
    ['StringEquals', { k: 'a' }, {}, false],
    ['StringEquals', { K: 'a' }, { k: 'a' }, true],
    ['StringEquals', { k: 'a*' }, { k: 'ab' }, false],
    ['StringEquals', { k: '${me}' }, { k: 'x', me: 'x' }, true],
    ['StringEquals', { k: '${me}' }, { k: '' }, false],
    ['StringEqualsIfExists', { k: 'a' }, {}, true],
    ['StringEqualsIfExists', { k: 'a' }, { k: 'b' }, false],
    ['StringNotEquals', { k: 'a' }, {}, true],
    ['StringNotEquals', { k: ['a', 'b'] }, { k: 'b' }, false],
    ['StringNotEquals', { k: ['a', 'b'] }, { k: 'c' }, true],
    ['StringEqualsIgnoreCase', { k: 'aB' }, { k: 'Ab' }, true],
    ['StringEqualsIgnoreCase', { k: 'X-${Me}' }, { k: 'x-ab', Me: 'AB' }, true],
    ['StringNotEqualsIgnoreCase', { k: 'aB' }, { k: 'Ab' }, false],
    ['StringLike', { k: 'a?c*' }, { k: 'abcd' }, true],
    ['StringNotLike', { k: 'a*' }, { k: 'abcd' }, false],
    ['ArnLike', { k: 'arn:aws:s3:::b*' }, { k: 'arn:aws:s3:::bucket:x' }, true],
    ['ArnLike', { k: 'arn:*:bucket' }, { k: 'arn:aws:s3:::bucket' }, false], // a wildcard does not cross a colon
    ['ArnEquals', { k: 'arn:aws:iot:*:1:thing/${iot:ClientId}' }, { k: 'arn:aws:iot:eu:1:thing/x', 'iot:ClientId': 'x' }, true],
    ['ArnNotLike', { k: 'arn:aws:s3:::b*' }, { k: 'arn:aws:s3:::c' }, true],
    ['NumericLessThan', { k: 5 }, { k: '4' }, true],
    ['NumericLessThan', { k: 5 }, { k: 'x' }, false],
    ['NumericEquals', { k: ['1', '2'] }, { k: '2.0' }, true],
    ['NumericNotEquals', { k: 1 }, { k: '1' }, false],
    ['NumericGreaterThanEquals', { k: 5 }, { k: '5' }, true],
    ['DateGreaterThan', { k: '2026-01-01T00:00:00Z' }, { k: '2026-06-01T00:00:00Z' }, true],
    ['DateLessThan', { k: '2026-01-01T00:00:00Z' }, { k: '1893456000' }, false],
    ['Bool', { k: 'true' }, { k: 'true' }, true],
    ['Bool', { k: false }, { k: 'false' }, true],
    ['Bool', { k: 'false' }, {}, false],
    ['Null', { k: 'true' }, {}, true],
    ['Null', { k: 'false' }, {}, false],
    ['Null', { k: 'false' }, { k: 'x' }, true],
    ['IpAddress', { k: '10.0.0.0/8' }, { k: '10.1.2.3' }, true],
    ['IpAddress', { k: ['2001:db8::/32', '127.0.0.1'] }, { k: '127.0.0.1' }, true],
    ['NotIpAddress', { k: '10.0.0.0/8' }, { k: '10.1.2.3' }, false],
    ['IpAddress', { k: '10.0.0.0/8' }, { k: 'not an address' }, false],
    ['ForAnyValue:StringEquals', { k: ['a', 'b'] }, { k: ['x', 'b'] }, true],
    ['ForAnyValue:StringEquals', { k: 'a' }, {}, false],
    ['ForAllValues:StringEquals', { k: ['a', 'b'] }, { k: ['a', 'x'] }, false],
    ['ForAllValues:StringEquals', { k: ['a', 'b'] }, {}, true],
    ['ForAllValues:StringNotLike', { k: 'a*' }, { k: ['b', 'c'] }, true],
    ['ForAnyValue:StringNotEquals', { k: 'a' }, { k: ['a', 'b'] }, true],
  ])('%s %j with %j: %s', (operator, keys, context, expected) => {
    expect(decides(policy(allow('*', '*', { Condition: { [operator]: keys } })), { context }).allowed).toBe(expected)
  })

  test('all of them must hold', () => {
    const document = policy(allow('*', '*', { Condition: { StringEquals: { a: '1', b: '2' } } }))
    expect(decides(document, { context: { a: '1' } }).allowed).toBe(false)
    expect(decides(document, { context: { a: '1', b: '2' } }).allowed).toBe(true)
  })
})

test.each([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['no statement', '{"Version":"2012-10-17"}'],
  ['an odd version', JSON.stringify({ Version: '2024-01-01', Statement: allow('*', '*') })],
  ['an unknown element', policy(allow('*', '*', { Resources: '*' }))],
  ['an odd effect', policy({ Effect: 'allow', Action: '*', Resource: '*' })],
  ['no action', policy({ Effect: 'Allow', Resource: '*' })],
  ['both action and its negation', policy(allow('*', '*', { NotAction: '*' }))],
  ['no resource', policy({ Effect: 'Allow', Action: '*' })],
  ['a number for an action', policy(allow(5, '*'))],
  ['an unknown operator', policy(allow('*', '*', { Condition: { StringIs: { a: 'b' } } }))],
  ['an operator with a name of JavaScript', policy(allow('*', '*', { Condition: { constructor: { a: 'b' } } }))],
  ['an address that is none', policy(allow('*', '*', { Condition: { IpAddress: { a: '10.0.0.0/99' } } }))],
  ['a principal in an identity policy', policy(allow('*', '*', { Principal: '*' }))],
])('%s is refused', (_case, document) => {
  expect(() => compile(document)).toThrow(PolicyMalformed)
})

test('no text makes the reader throw anything else', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        compile(JSON.stringify({ Version: '2012-10-17', Statement: value }))
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyMalformed)
      }
    }),
  )
})
