// ops/src/pipeline/no-secrets.test.ts: no key and no token lies in a file that git keeps; GitHub's own scanning looks at what is pushed.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY } from '../target/repository.ts'

/** As their issuers shape them: AWS (IAM guide, «Understanding unique ID prefixes»), GitHub and npm (token formats), PEM (RFC 7468). */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'an access key of AWS': /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  'a token of GitHub': /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{60,}\b/g,
  'a token of npm': /\bnpm_[A-Za-z0-9]{36}\b/g,
  'a private key': /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?:\s|\\n)+[A-Za-z0-9+/=]{40,}/g,
}

/** Of the sandbox, of tests, and of AWS's own examples: they open nothing anywhere. */
const PLACEHOLDER = /^A[KS]IA(FLEETWRIGHTLOCAL|TEST\w+|NOBODY\w+|\w+EXAMPLE)$/

const found = (text: string): string[] => Object.entries(SHAPES).flatMap(([what, shape]) => [...text.matchAll(shape)].flatMap(([match]) => (PLACEHOLDER.test(match) ? [] : [`${what}: ${match.slice(0, 8)}…`])))

const tracked = spawnSync('git', ['ls-files', '-z'], { cwd: REPOSITORY, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })

test.skipIf(tracked.status !== 0)('no file that git keeps holds a secret', () => {
  const files = tracked.stdout.split('\0').filter((file) => file !== '' && !/\.(png|ico|woff2)$/.test(file))
  expect(files.length).toBeGreaterThan(500)
  const secrets = files.flatMap((file) => found(textOf(file)).map((what) => `${file}: ${what}`))
  expect(secrets).toEqual([])
})

/** Empty for what was deleted and is not committed yet. */
function textOf(file: string): string {
  try {
    return readFileSync(join(REPOSITORY, file), 'utf8')
  } catch {
    return ''
  }
}

test('a secret would be found', () => {
  const key = execFileSync(process.execPath, ['-e', "process.stdout.write(require('node:crypto').generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }))"], { encoding: 'utf8' })
  expect(found(`x ${['AKIA', 'IOSFODNN7SAMPLES'].join('')} y`)).toHaveLength(1)
  expect(found(`token=${['ghp', 'a'.repeat(36)].join('_')}`)).toHaveLength(1)
  expect(found(key)).toEqual([expect.stringContaining('a private key')])
  expect(found(JSON.stringify({ key }))).toHaveLength(1)
})
