// packages/contract/src/rotation-job.test.ts: the ids of rotation jobs: deterministic, short enough, and never taken for another thing's.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rotationJobId, rotationJobOf } from './rotation-job.ts'

const things = fc.stringMatching(/^[0-9a-z][0-9a-z-]{3,63}$/)
const certificates = fc.stringMatching(/^[0-9a-f]{64}$/)
const attempts = fc.integer({ min: 1, max: 99 })

test('a Pi is readable in it', () => {
  expect(rotationJobId('10000000a1b2c3d4', 'ab'.repeat(32), 2)).toBe('rotate-10000000a1b2c3d4-abababababababab-2')
})

test('every thing, certificate and attempt has an id that AWS takes, and that is read back', () => {
  fc.assert(
    fc.property(things, certificates, attempts, (thing, certificate, attempt) => {
      const id = rotationJobId(thing, certificate, attempt)
      expect(id).toMatch(/^[\w-]{1,64}$/)
      expect(rotationJobOf(thing, id)).toEqual({ replaces: certificate.slice(0, 16), attempt })
    }),
  )
})

test('no id is of two things', () => {
  fc.assert(
    fc.property(things, things, certificates, attempts, (own, other, certificate, attempt) => {
      fc.pre(own !== other)
      expect(rotationJobOf(other, rotationJobId(own, certificate, attempt))).toBeUndefined()
    }),
  )
})

test.each(['', 'rotate-', 'rotate-abcd-0123456789abcdef-0', 'rotate-abcd-0123456789abcdef-100', 'rotate-abcd-0123456789abcde-1', 'deploy-abcd-0123456789abcdef-1'])('«%s» is none', (id) => {
  expect(rotationJobOf('abcd', id)).toBeUndefined()
})

test.each([0, 100, 1.5])('there is no attempt %s', (attempt) => {
  expect(() => rotationJobId('abcd', 'ab'.repeat(32), attempt)).toThrow('attempt')
})
