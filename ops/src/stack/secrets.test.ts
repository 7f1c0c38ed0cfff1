// ops/src/stack/secrets.test.ts: secrets are sealed and opened with the operator's passphrase.
import { expect, test } from 'vitest'
import { SECRET, SIGNATURE } from './properties.ts'
import { safe } from './secrets.ts'

const value = { environment: { token: { [SIGNATURE]: SECRET, value: { password: 'hunter2' } } }, plain: 'x' }

test('what is sealed opens with the same passphrase, also in another run', () => {
  const sealed = safe('correct horse').seal(value)
  expect(JSON.stringify(sealed)).not.toContain('hunter2')
  expect(sealed).toMatchObject({ plain: 'x' })
  expect(safe('correct horse').open(sealed)).toEqual(value)
})

test('another passphrase, or none, does not open it', () => {
  const sealed = safe('correct horse').seal(value)
  expect(() => safe('battery staple').open(sealed)).toThrow('does not open with this passphrase')
  expect(() => safe(undefined).open(sealed)).toThrow('there is no passphrase')
})

test('a stack without secrets needs no passphrase', () => {
  expect(safe(undefined).open(safe('').seal({ plain: 'x' }))).toEqual({ plain: 'x' })
  expect(() => safe('').seal(value)).toThrow('there is no passphrase')
})
