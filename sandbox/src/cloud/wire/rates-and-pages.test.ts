// sandbox/src/cloud/wire/rates-and-pages.test.ts: AWS's request rates, and pages of lists.
import { IoTClient, RegisterThingCommand } from '@aws-sdk/client-iot'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openStore } from '../store/store.ts'
import { keyOfToken, pageOf, pageOfList, tokenOf } from './paging.ts'
import { AWS_DEFAULT_RATES, rateLimiter } from './rate-limits.ts'
import { openTestGateway } from './testing.ts'

test('a second’s worth passes at once, then one more each fraction', () => {
  let nowMs = 0
  const limiter = rateLimiter(AWS_DEFAULT_RATES, () => nowMs)
  const taken = () => Array.from({ length: 100 }, () => limiter.take('iot', 'RegisterThing')).filter(Boolean).length
  expect(taken()).toBe(10)
  nowMs += 100
  expect(taken()).toBe(1)
  nowMs += 60_000
  expect(taken()).toBe(10)
  expect(limiter.take('iot', 'UpdateThing')).toBe(true)
  expect(limiter.take('mqtt', 'RegisterThing')).toBe(true)
})

test('what is over the rate is throttled in AWS’s words', async () => {
  const { client } = await openTestGateway({ services: [{ model: 'iot', operations: { RegisterThing: () => ({}) } }], limiter: rateLimiter({ iot: { RegisterThing: 1 } }, () => 0) })
  const sdk = new IoTClient(client())
  const register = async () => sdk.send(new RegisterThingCommand({ templateBody: '{}' }))
  await register()
  await expect(register()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } })
})

const invalid = () => new Error('invalid token')

test('each item is on one page, whatever the size, though others come and go', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (names, asked) => {
      const seen: string[] = []
      let token: string | undefined
      do {
        const { items, nextToken } = pageOfList(names, { keyOf: (name) => name, token, size: { asked, usual: 5, most: 6 }, invalid })
        seen.push(...items)
        token = nextToken
      } while (token !== undefined)
      expect(seen).toEqual([...names].sort((one, other) => (one < other ? -1 : 1)))
    }),
  )
})

test('pages of a table go on after the last key', () => {
  using store = openStore(':memory:')
  const table = store.table<number>('numbers')
  for (const number of [1, 2, 3]) table.put(`k${number}`, number)
  const first = pageOf((options) => table.page(options), { token: undefined, size: { asked: undefined, usual: 2, most: 10 }, invalid })
  table.delete('k2')
  expect(first.items).toEqual([1, 2])
  expect(pageOf((options) => table.page(options), { token: first.nextToken, size: { asked: 99, usual: 2, most: 10 }, invalid })).toEqual({ items: [3], nextToken: undefined })
})

test('only our own tokens are taken', () => {
  expect(keyOfToken(tokenOf('k\u001fä'), invalid)).toBe('k\u001fä')
  expect(tokenOf('k?ÿ~~~>>>')).toMatch(/^[-A-Za-z0-9+/=]+$/) // NextToken of Cloud Control
  for (const token of ['', 'x', 'p1.%%%', `${tokenOf('k')}=`]) expect(() => keyOfToken(token, invalid)).toThrow('invalid token')
})
