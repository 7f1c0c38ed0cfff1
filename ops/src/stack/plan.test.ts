// ops/src/stack/plan.test.ts: what is done for a resource, by table.
import { expect, test } from 'vitest'
import { effectiveInputs, stepFor, type Step, type Wanted } from './plan.ts'
import type { Properties } from './properties.ts'

const wanted = (inputs: Properties, more: Partial<Wanted> = {}): Wanted => ({ inputs, protect: false, deleteBeforeReplace: undefined, ignoreChanges: [], replaceOnChanges: ['name', 'components.*'], ...more })

test.each<[string, Properties | undefined, Properties, Step]>([
  ['nothing recorded', undefined, { name: 'a' }, { do: 'create' }],
  ['the same', { name: 'a', size: 1 }, { size: 1, name: 'a' }, { do: 'keep' }],
  ['another size', { name: 'a', size: 1 }, { name: 'a', size: 2 }, { do: 'update', properties: ['size'] }],
  ['a property more', { name: 'a' }, { name: 'a', size: 2 }, { do: 'update', properties: ['size'] }],
  ['a property less', { name: 'a', size: 2 }, { name: 'a' }, { do: 'update', properties: ['size'] }],
  ['a name that cannot change', { name: 'a', size: 1 }, { name: 'b', size: 2 }, { do: 'replace', properties: ['name', 'size'] }],
  ['a member of what cannot change', { components: { led: 1 } }, { components: { led: 2 } }, { do: 'replace', properties: ['components'] }],
  ['a further member of what cannot change', { components: { led: 1 } }, { components: { led: 1, button: 1 } }, { do: 'replace', properties: ['components'] }],
])('%s', (_case, recorded, inputs, step) => {
  expect(stepFor(wanted(inputs), recorded && { inputs: recorded })).toEqual(step)
})

test('a property whose changes are ignored stays as it is recorded', () => {
  const asked = wanted({ name: 'a', size: 2 }, { ignoreChanges: ['size', 'tags'] })
  expect(effectiveInputs(asked, { inputs: { name: 'a', size: 1, tags: {} } })).toEqual({ name: 'a', size: 1, tags: {} })
  expect(effectiveInputs(asked, undefined)).toEqual({ name: 'a', size: 2 })
})
