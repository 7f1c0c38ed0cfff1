// infra/src/tags.test.ts: each resource that can have tags has those of its stage.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { planned, RELEASE, STAGE } from './planned.ts'

const SDK = dirname(createRequire(import.meta.url).resolve('@pulumi/aws-native/package.json'))
const resources = (await planned(STAGE, RELEASE)).filter(({ type }) => type.startsWith('aws-native:'))

/** What the SDK's declaration of the type says: a list, a map, or no tags at all. */
function tagsOf(type: string): 'list' | 'map' | 'none' {
  const [, module = '', name = ''] = type.split(':')
  const file = join(SDK, module, `${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`)
  expect(existsSync(file)).toBe(true)
  const args = readFileSync(file, 'utf8').split(`export interface ${name}Args`)[1] ?? ''
  const [, declared] = /^ {4}(?:tags|\w+Tags)\?: pulumi\.Input<(.)/m.exec(args) ?? []
  return declared === undefined ? 'none' : declared === '{' ? 'map' : 'list'
}

const WANTED = {
  list: [{ key: 'project', value: 'fleetwright' }, { key: 'stage', value: 'dev' }],
  map: { project: 'fleetwright', stage: 'dev' },
  none: undefined,
} as const

test.each(resources.map(({ type, name, inputs }) => ({ type, name, tags: inputs['tags'] ?? inputs['userPoolTags'] ?? inputs['identityPoolTags'] })))('$name ($type)', ({ type, tags }) => {
  expect(tags).toEqual(WANTED[tagsOf(type)])
})

test('both kinds of tags were looked at', () => {
  expect(new Set(resources.map(({ type }) => tagsOf(type)))).toEqual(new Set(['list', 'map', 'none']))
})
