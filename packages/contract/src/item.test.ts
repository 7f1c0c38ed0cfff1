// packages/contract/src/item.test.ts: items as DynamoDB answers them.
import { expect, test } from 'vitest'
import { plainItem } from './item.ts'

test('each type that a rule writes', () => {
  expect(plainItem({ s: { S: '' }, n: { N: '1.5' }, yes: { BOOL: false }, none: { NULL: true }, list: { L: [{ N: '1' }, { M: { a: { S: 'b' } } }] } })).toEqual({ s: '', n: 1.5, yes: false, none: null, list: [1, { a: 'b' }] })
})
