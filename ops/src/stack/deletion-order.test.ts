// ops/src/stack/deletion-order.test.ts: dependents go first.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deletionWaves } from './deletion-order.ts'

const waves = (graph: Record<string, string[]>) => deletionWaves(Object.entries(graph).map(([urn, dependencies]) => ({ urn, dependencies }))).map((wave) => wave.map(({ urn }) => urn))

test.each<[string, Record<string, string[]>, string[][]]>([
  ['nothing', {}, []],
  ['a chain', { group: [], deployment: ['group', 'version'], version: [] }, [['deployment'], ['group', 'version']]],
  ['a dependency that is not deleted', { policy: ['role'] }, [['policy']]],
  ['a former version of what depends on itself', { a: ['a'] }, [['a']]],
  ['a cycle, which only a damaged state has', { a: ['b'], b: ['a'] }, [['a', 'b']]],
])('%s', (_case, graph, expected) => {
  expect(waves(graph)).toEqual(expected)
})

test('each resource once, and none before one that depends on it', () => {
  const graph = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 }).map((edges) => edges.map((needs, i) => ({ urn: String(i), dependencies: needs.filter((other) => other < i).map(String) })))
  fc.assert(
    fc.property(graph, (resources) => {
      const order = deletionWaves(resources)
      const waveOf = new Map(order.flatMap((wave, i) => wave.map(({ urn }) => [urn, i] as const)))
      expect(order.flat()).toHaveLength(resources.length)
      for (const { urn, dependencies } of resources) for (const other of dependencies) expect(waveOf.get(urn)).toBeLessThan(waveOf.get(other) ?? 0)
    }),
  )
})
