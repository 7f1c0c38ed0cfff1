// ops/src/release/release.test.ts: what a release is made of: digests, versions, recipes, images, and the plan.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMPONENTS, componentName } from '@fleet/contract/names'
import type { ReleasedComponent, ReleaseManifest } from '@fleet/contract/release'
import fc from 'fast-check'
import { extract } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { plain } from '../shell/paint.ts'
import { REPOSITORY } from '../target/repository.ts'
import { chosenBuilder } from './choose-builder.ts'
import { contentDigest, sha256, versionOf } from './content-digest.ts'
import { imageSettings } from './dockerfile.ts'
import { ociImage } from './oci-image.ts'
import { isUnchanged, planRelease, releaseId } from './plan-release.ts'
import { filledRecipe } from './recipe.ts'
import { renderPublished, renderReleasePlan } from './render.ts'

const part = (name: string, content: string) => ({ name, bytes: Buffer.from(content) })

describe('content and version', () => {
  const parts = [part('a', '1'), part('b', '2')]
  const digest = contentDigest('0.1.0', parts)

  test('the digest is of names and bytes, in any order', () => {
    expect(contentDigest('0.1.9', [...parts].reverse())).toBe(digest)
    expect(contentDigest('0.1.0', [part('a', '2'), part('b', '1')])).not.toBe(digest)
    expect(contentDigest('0.1.0', [part('a', '1'), part('c', '2')])).not.toBe(digest)
    expect(contentDigest('0.2.0', parts)).not.toBe(digest)
  })

  test('every digest gives a version that Greengrass takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 64, maxLength: 64 }), (hex) => {
        expect(versionOf('3.14.1', `sha256:${hex}`)).toMatch(/^3\.14\.(0|[1-9]\d{0,5})$/)
      }),
    )
    expect(versionOf('0.1.0', `sha256:${'0'.repeat(59)}f4241`)).toBe('0.1.1') // 1,000,001
  })
})

describe('recipe', () => {
  const image = `r.example/fleet-dev/led@sha256:${'a'.repeat(64)}`
  const values = { name: 'fleetwright.led', version: '0.1.7', image }
  const good = 'ComponentName: fleetwright.led\nComponentVersion: COMPONENT_VERSION\nManifests: [{Artifacts: [{Uri: docker:COMPONENT_IMAGE}], Lifecycle: {run: docker run COMPONENT_IMAGE}}]'

  test('version and image are filled in everywhere; it is JSON', () => {
    expect(JSON.parse(filledRecipe(good, values))).toEqual({ ComponentName: 'fleetwright.led', ComponentVersion: '0.1.7', Manifests: [{ Artifacts: [{ Uri: `docker:${image}` }], Lifecycle: { run: `docker run ${image}` } }] })
  })

  test.each([
    ['of another component', good.replace('fleetwright.led', 'fleetwright.button'), 'ComponentName is "fleetwright.button"'],
    ['with a version of its own', good.replace('COMPONENT_VERSION', '1.0.0'), 'ComponentVersion must be COMPONENT_VERSION'],
    ['without an image', good.replaceAll('COMPONENT_IMAGE', 'node:24'), 'no artifact is COMPONENT_IMAGE'],
    ['that is no YAML', `${good}\n: :\n  - [`, 'cannot be released'],
    ['that is a text', 'hello', 'no YAML object'],
    ['that is too long', `${good}\nComponentDescription: ${'x'.repeat(16_384)}`, 'Greengrass takes 16384'],
  ])('one %s is refused', (_case, yaml, message) => {
    expect(() => filledRecipe(yaml, values)).toThrow(message)
  })

  test.each(COMPONENTS)('%s of this repository can be released', (folder) => {
    const yaml = readFileSync(join(REPOSITORY, 'components', folder, 'recipe.yaml'), 'utf8')
    expect(filledRecipe(yaml, { ...values, name: componentName(folder) })).not.toMatch(/COMPONENT_/)
  })
})

describe('image', () => {
  const dockerfile = readFileSync(join(REPOSITORY, 'components/Dockerfile'), 'utf8')

  test('its configuration is what the Dockerfile says', () => {
    expect(imageSettings(dockerfile)).toEqual({
      environment: ['NODE_ENV=production', 'AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH=/app/aws-crt-nodejs.node', 'MALLOC_ARENA_MAX=1', 'MALLOC_TRIM_THRESHOLD_=65536'],
      user: '10001:10001',
      entryPoint: ['node', '--max-semi-space-size=1', '/app/main.cjs'],
    })
  })

  test('the same content is the same image, to the last byte; each file has a layer of its own', async () => {
    const content = { files: [part('main.cjs', 'x'), part('addon.node', 'y')], settings: imageSettings(dockerfile), annotations: { a: '1' } }
    const [first, second] = [await ociImage(content), await ociImage(content)]
    expect(second).toEqual(first)
    expect(first.digest).toBe(sha256(first.manifest))
    const entries: [string, number | undefined, number | undefined][] = []
    const tar = extract().on('entry', ({ name, mode, uid }, stream, next) => {
      entries.push([name, mode, uid])
      stream.resume().on('end', next)
    })
    tar.end(first.blobs[0]?.bytes)
    await new Promise((resolve) => tar.on('finish', () => resolve(undefined)))
    expect(entries).toEqual([['app/', 0o755, 0], ['app/main.cjs', 0o644, 0]])
    const other = await ociImage({ ...content, files: [part('main.cjs', 'z'), part('addon.node', 'y')] })
    expect(other.blobs[1]).toEqual(first.blobs[1]) // the addon's layer is shared
    expect(other.digest).not.toBe(first.digest)
  })

  test('images for AWS are built by Docker, those of a sandbox without', async () => {
    expect((await chosenBuilder({ kind: 'sandbox' }, undefined)).name).toBe('plain-oci')
    await expect(chosenBuilder({ kind: 'aws' }, 'plain-oci')).rejects.toMatchObject({ code: 'USAGE' })
  })
})

describe('plan', () => {
  const known = (name: string, version: string, content = version) => ({ name, version, contentDigest: sha256(content) })
  const released = (...components: ReturnType<typeof known>[]): ReleaseManifest => ({ formatVersion: 1, id: 'x', publishedAt: '2026-11-21T12:00:00Z', components: components.map((component) => ({ ...component, image: `r/x@${component.contentDigest}`, recipe: '{}' })) })

  test.each([
    ['nothing yet', [known('a', '0.1.1')], undefined, [{ name: 'a', action: 'add', version: '0.1.1' }]],
    ['the same', [known('a', '0.1.1')], released(known('a', '0.1.1')), [{ name: 'a', action: 'keep', version: '0.1.1', from: '0.1.1' }]],
    ['another', [known('a', '0.1.2')], released(known('a', '0.1.1')), [{ name: 'a', action: 'change', version: '0.1.2', from: '0.1.1' }]],
    ['one that went away', [known('a', '0.1.1')], released(known('a', '0.1.1'), known('b', '0.1.5')), [{ name: 'a', action: 'keep' }, { name: 'b', action: 'remove', from: '0.1.5' }]],
  ])('%s', (_case, sources, current, expected) => {
    expect(planRelease(sources, current)).toMatchObject(expected)
  })

  test('the same version with other content is refused', () => {
    expect(() => planRelease([known('a', '0.1.1', 'other')], released(known('a', '0.1.1')))).toThrow('a 0.1.1 is already published with other content')
  })

  test('a release is known by what is in it, wherever its registry is', () => {
    const component: ReleasedComponent = { name: 'a', version: '0.1.1', contentDigest: sha256('a'), image: `one.example/a@${sha256('i')}`, recipe: '{}' }
    const elsewhere = { ...component, image: `two.example/a@${sha256('i')}` }
    expect(releaseId([component])).toBe(releaseId([elsewhere]))
    expect(releaseId([component])).not.toBe(releaseId([{ ...component, image: `one.example/a@${sha256('j')}` }]))
    expect(releaseId([component])).toMatch(/^[0-9a-f]{12}$/)
  })

  test('in words', () => {
    const steps = planRelease([known('a', '0.1.2'), known('b', '0.1.5')], released(known('a', '0.1.1'), known('b', '0.1.5'), known('c', '0.1.0')))
    expect(renderReleasePlan({ steps, current: 'x' }, plain)).toBe('~ change a 0.1.1 → 0.1.2\n= keep   b 0.1.5\n- remove c 0.1.0\n\n2 of 3 components to publish')
    expect(renderPublished({ steps, current: 'x', release: 'y' }, plain)).toContain('done: release y is current. It reaches the devices with: fleet deploy')
    const kept = planRelease([known('a', '0.1.1')], released(known('a', '0.1.1')))
    expect(isUnchanged(kept)).toBe(true)
    expect(renderPublished({ steps: kept, current: 'x', release: 'x' }, plain)).toBe('nothing to publish: release x has all of this')
  })
})
