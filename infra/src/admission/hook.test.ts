// infra/src/admission/hook.test.ts: the admission hook admits exactly the listed holders of their own certificate, and says why it refuses.
import { jsonLog, silentLog } from '@fleet/log'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allowlistSource } from './allowlist-source.ts'
import { preProvisioningHook } from './hook.ts'
import { allowlistBucket, certificateWith } from './testing.ts'

const TEMPLATE_ARN = 'arn:aws:iot:eu-central-1:111122223333:provisioningtemplate/fleet-dev'
const SERIAL = '10000000a1b2c3d4'
const certificatePem = await certificateWith({ CN: [SERIAL] })

/** As AWS IoT sends it (AWS IoT guide, «Pre-provisioning hook input»). */
const request = (serial: unknown = SERIAL, change: object = {}) => ({
  claimCertificateId: 'c'.repeat(64),
  certificateId: 'd'.repeat(64),
  certificatePem,
  templateArn: TEMPLATE_ARN,
  clientId: `claim_${SERIAL}`,
  parameters: { SerialNumber: serial },
  ...change,
})

function hookWith(allowlist: string | undefined) {
  const lines: Record<string, unknown>[] = []
  const bucket = allowlistBucket(allowlist)
  const log = jsonLog({ source: 'admission-hook', write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) })
  const readAllowlist = allowlistSource(bucket as never, { bucket: 'b', key: 'allowlist.txt' }) // the fake answers the one command that is sent
  return { bucket, lines, hook: preProvisioningHook({ templateArn: TEMPLATE_ARN, readAllowlist, supersede: async () => {}, log, metrics: 'Fleetwright/dev' }) }
}

test('a listed device with a certificate in its own name is admitted', async () => {
  const { hook, lines } = hookWith(`${SERIAL}\n`)
  expect(await hook(request())).toEqual({ allowProvisioning: true })
  expect(lines).toEqual([expect.objectContaining({ level: 'info', event: 'device admitted', serial: SERIAL, certificateId: 'd'.repeat(64) })])
})

test.each<[string, string, unknown, string]>([
  ['that is not listed', 'aaaa\n', request(), 'not on the allowlist'],
  ['that is commented out', `#${SERIAL}\n# ${SERIAL}\naaaa # ${SERIAL}\n`, request(), 'not on the allowlist'],
  ['with an empty serial', '\n\n', request(''), 'not a serial number'],
  ['with a part of a hyphenated serial', 'ab12-cd34\n', request('cd34'), 'certificate in another name'],
  ['with a pattern for a serial', `${SERIAL}\n`, request('.*'), 'not a serial number'],
  ['in upper case', `${SERIAL}\n`, request(SERIAL.toUpperCase()), 'not a serial number'],
  ['with a line break after its serial', `${SERIAL}\n`, request(`${SERIAL}\n`), 'not a serial number'],
  ["with another device's serial", `aaaa\n${SERIAL}\n`, request('aaaa'), 'certificate in another name'],
  ['through another template', `${SERIAL}\n`, request(SERIAL, { templateArn: `${TEMPLATE_ARN}2` }), 'not through our provisioning template'],
  ['with a certificate that cannot be read', `${SERIAL}\n`, request(SERIAL, { certificatePem: 'x' }), 'certificate without one common name'],
  ['while the list is damaged', `${SERIAL}\nnot a serial\n`, request(), 'the allowlist cannot be used'],
  ['without parameters', `${SERIAL}\n`, { ...request(), parameters: undefined }, 'not a request of a pre-provisioning hook'],
  ['with a serial that is no text', `${SERIAL}\n`, request([SERIAL]), 'not a request of a pre-provisioning hook'],
  ['without a certificate', `${SERIAL}\n`, request(SERIAL, { certificatePem: undefined }), 'not a request of a pre-provisioning hook'],
  ['that is nothing', `${SERIAL}\n`, null, 'not a request of a pre-provisioning hook'],
])('a device %s is refused, with the reason in one line', async (_case, allowlist, event, why) => {
  const { hook, lines } = hookWith(allowlist)
  expect(await hook(event)).toEqual({ allowProvisioning: false })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({ level: 'warn', event: 'device refused', why })
})

test('nobody is admitted while the list cannot be read, not even who was admitted before', async () => {
  const { hook, bucket, lines } = hookWith(`${SERIAL}\n`)
  expect(await hook(request())).toEqual({ allowProvisioning: true })
  bucket.put(undefined)
  expect(await hook(request())).toEqual({ allowProvisioning: false })
  expect(lines[1]).toMatchObject({ why: 'the allowlist cannot be used', error: { code: 'ALLOWLIST_UNREADABLE' } })
})

test('an unchanged list is sent once; a changed one counts at once', async () => {
  const { hook, bucket } = hookWith(`${SERIAL}\n`)
  await hook(request())
  expect(await hook(request())).toEqual({ allowProvisioning: true })
  expect(bucket.sentBytes).toEqual([17, 0])
  bucket.put('# nobody\n')
  expect(await hook(request())).toEqual({ allowProvisioning: false })
})

test('no line of the log holds the certificate', async () => {
  const { hook, lines } = hookWith(undefined)
  await hook(request())
  expect(JSON.stringify(lines)).not.toContain('BEGIN CERTIFICATE')
})

// What stands in a list and what a device may claim, close to one another: parts, comments, blanks, patterns, upper case.
const alphabet = fc.constantFrom('a', 'b', '1', '-', 'A', '#', ' ', '\n', '\r', '.', '*', '|', '+', '\u00e4')
const serial = fc.stringMatching(/^[ab1][ab1-]{3,6}$/)
const line = fc.oneof(serial, serial.map((text) => `# ${text}`), serial.map((text) => `${text} # ${text}x`), fc.constant(''))

test('fuzz: who is admitted stands alone on a line, in its own name', async () => {
  const pems = new Map<string, string>()
  // No certificate for a name that begins with #: the generator would take it for hexadecimal.
  const pemOf = async (name: string) => pems.get(name) ?? pems.set(name, await certificateWith({ CN: [name] })).get(name) ?? ''
  let admitted = 0
  const property = fc.asyncProperty(fc.uniqueArray(line, { maxLength: 6 }), fc.oneof(serial, fc.string({ unit: alphabet, maxLength: 8 })), fc.oneof(serial, fc.constant(undefined)), async (lines, claimed, otherName) => {
    const candidates = [claimed, ...lines.flatMap((text) => text.split(/[ #]+/)), ...lines.flatMap((text) => text.split('-'))]
    const text = lines.join('\n')
    const listed = text.split('\n').map((each) => (each.split('#')[0] ?? '').trim())
    const hook = preProvisioningHook({ templateArn: TEMPLATE_ARN, readAllowlist: allowlistSource(allowlistBucket(text) as never, { bucket: 'b', key: 'k' }), supersede: async () => {}, log: silentLog, metrics: 'Fleetwright/dev' })
    for (const candidate of candidates) {
      const name = otherName ?? candidate
      const { allowProvisioning } = await hook(request(candidate, { certificatePem: /^(#|$)/.test(name) ? '' : await pemOf(name) }))
      const isRight = candidate.length >= 4 && listed.includes(candidate) && name === candidate
      if (allowProvisioning) expect({ candidate, name, text, isRight }).toMatchObject({ isRight: true })
      if (allowProvisioning) admitted++
    }
  })
  await fc.assert(property, { numRuns: 400 })
  expect(admitted).toBeGreaterThan(10) // the property is not empty
})
