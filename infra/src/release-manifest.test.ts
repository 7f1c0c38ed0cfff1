// infra/src/release-manifest.test.ts: where a release comes from, and how a bad one is refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { releaseManifest } from './release-manifest.ts'

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'release-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'release.json'), text)
  return join(folder, 'release.json')
}

test.each([undefined, ''])('no path, no release', (path) => {
  expect(releaseManifest(path)).toBeUndefined()
})

const manifest = (recipe: string) =>
  JSON.stringify({
    formatVersion: 1,
    id: 'r1',
    publishedAt: '2026-11-21T00:00:00Z',
    components: [{ name: 'fleetwright.led', version: '1.0.0', contentDigest: `sha256:${'0'.repeat(64)}`, image: 'r/led@sha256:0', recipe }],
  })

test('a release is read from its file', () => {
  expect(releaseManifest(file(manifest('{"ComponentName":"fleetwright.led","ComponentVersion":"1.0.0"}')))?.id).toBe('r1')
})

test('a missing manifest is named', () => {
  expect(() => releaseManifest('no/such/release.json')).toThrow(/cannot read the release manifest .*no\/such\/release\.json/)
})

test.each([
  ['no JSON', '{', /cannot read the release manifest/],
  ['of another format', '{"formatVersion":2,"id":"x","publishedAt":"2026-11-21T00:00:00Z","components":[]}', /is not a release manifest: formatVersion: .*; components: /],
  ['with a recipe of another version', manifest('{"ComponentName":"fleetwright.led","ComponentVersion":"1.0.1"}'), /fleetwright\.led 1\.0\.0: its recipe is of fleetwright\.led 1\.0\.1/],
  ['with a recipe that is no JSON', manifest('---'), /fleetwright\.led: its recipe is no JSON/],
])('a manifest that is %s is refused', (_case, text, message) => {
  const path = file(text)
  expect(() => releaseManifest(path)).toThrow(message)
})
