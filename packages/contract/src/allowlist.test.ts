// packages/contract/src/allowlist.test.ts: the grammar of allowlist.txt, by table and by fuzzing.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAllowlist } from './allowlist.ts'
import { isSerialNumber } from './serial-number.ts'

test.each<[string, string, string[]]>([
  ['one a line', '10000000a1b2c3d4\n10000000a1b2c3d5\n', ['10000000a1b2c3d4', '10000000a1b2c3d5']],
  ['an empty file', '', []],
  ['comments and blank lines', '# the lab\n\n  \t\n10000000a1b2c3d4 # door\n#10000000a1b2c3d5', ['10000000a1b2c3d4']],
  ['CRLF', '10000000a1b2c3d4\r\n10000000a1b2c3d5\r\n', ['10000000a1b2c3d4', '10000000a1b2c3d5']],
  ['a byte order mark', '\uFEFF10000000a1b2c3d4', ['10000000a1b2c3d4']],
  ['upper case', '10000000A1B2C3D4', ['10000000a1b2c3d4']],
  ['surrounding white space', '\t 10000000a1b2c3d4  ', ['10000000a1b2c3d4']],
  ['a DMI serial with hyphens', 'ak7-0041-x', ['ak7-0041-x']],
])('%s', (_case, text, expected) => {
  expect(parseAllowlist(text).serials).toEqual(expected)
})

test.each<[string, string, string]>([
  ['two on a line', 'aaaa bbbb', 'allowlist.txt:1:5: one serial number a line'],
  ['too short', '\n abc', 'allowlist.txt:2:2: «abc» has 3 characters'],
  ['too long', 'a'.repeat(65), 'allowlist.txt:1:1: «aaaa'],
  ['begins with a hyphen', '-abcd', 'allowlist.txt:1:1: «-abcd» is not a serial number'],
  ['a character that MQTT reserves', 'ab+cd', 'allowlist.txt:1:3: «ab+cd»'],
  ['a duplicate', 'abcd\n\nABCD', 'allowlist.txt:3:1: abcd is already on line 1'],
  ['a comma', 'aaaa,bbbb', 'allowlist.txt:1:5:'],
  ['a lone carriage return', 'aaaa\rbbbb', 'allowlist.txt:1:5:'],
  ['a zero-width space', 'aaaa\u200b', 'allowlist.txt:1:5:'],
])('%s is an error that names line and column', (_case, text, message) => {
  expect(() => parseAllowlist(text)).toThrow(message)
})

test('every fault is named at once', () => {
  expect(() => parseAllowlist('a\nbbbb\nc c')).toThrow(/allowlist\.txt:1:1: .*\nallowlist\.txt:3:2: /)
})

test('admits exactly the serials that stand alone on a line', () => {
  const serial = fc.stringMatching(/^[0-9a-z][0-9a-z-]{3,63}$/)
  fc.assert(
    fc.property(fc.uniqueArray(serial, { minLength: 1, maxLength: 8 }), fc.string(), (listed, candidate) => {
      const [hidden, ...shown] = listed
      const list = parseAllowlist(`# revoked: ${hidden}\n${shown.join('\n')}\n`)
      expect(list.serials).toEqual(shown)
      expect(list.has(hidden as string)).toBe(false)
      expect(list.has(candidate)).toBe(shown.includes(candidate as never))
    }),
    { numRuns: 500 },
  )
})

test('a line is a serial number exactly when the grammar says so', () => {
  const almost = fc.string({ unit: fc.constantFrom('0', '9', 'a', 'z', 'A', 'Z', '-', '_', '.', '@', '[', '`', '{', 'ö', '\u0130', '\u212a', '\u00a0', '\u2028'), minLength: 1, maxLength: 66 })
  fc.assert(
    fc.property(almost, (word) => {
      const isListed = isSerialNumber(word.toLowerCase()) && !/[\u0130\u212a]/.test(word) // these two become ASCII when lowered
      if (isListed) expect(parseAllowlist(word).serials).toEqual([word.toLowerCase()])
      else expect(() => parseAllowlist(word)).toThrow('allowlist.txt:1:')
    }),
    { numRuns: 2000 },
  )
})

test('a hundred thousand serials that differ in one digit are told apart', () => {
  const serials = Array.from({ length: 100_000 }, (_, i) => `1000000${String(i).padStart(9, '0')}`)
  const list = parseAllowlist(serials.map((serial, i) => (i % 2 ? `${serial}  # ${i}` : serial.toUpperCase())).join('\r\n'))
  expect(serials.every((serial) => list.has(serial))).toBe(true)
  expect(list.has('1000000000100000')).toBe(false)
  expect(list.serials).toEqual(serials)
})
