// console/src/parts/row-places.test.ts: where the rows of a scrolled table stand in the document.
import { expect, test } from 'vitest'
import { inPlaces } from './row-places.ts'

test.each<[string, Parameters<typeof inPlaces>[0], readonly number[]]>([
  ['not scrolled: in order', { from: 0, size: 4, settled: 0 }, [0, 1, 2, 3]],
  ['scrolled down: the next ones are where those that left were', { from: 2, size: 4, settled: 0 }, [4, 5, 2, 3]],
  ['scrolled up', { from: 7, size: 4, settled: 9 }, [9, 10, 7, 8]],
  ['far away, all are others', { from: 103, size: 4, settled: 1 }, [105, 106, 103, 104]],
  ['put in order', { from: 103, size: 4, settled: 103 }, [103, 104, 105, 106]],
  ['no row at all', { from: 0, size: 0, settled: 5 }, []],
])('%s', (_case, places, expected) => {
  expect(inPlaces(places)).toEqual(expected)
})

test('while it is scrolled, what stays drawn stays where it is', () => {
  const size = 7
  for (let from = 1; from < 40; from++) {
    const [former, now] = [inPlaces({ from: from - 1, size, settled: 3 }), inPlaces({ from, size, settled: 3 })]
    expect(now.filter((row, place) => row !== former[place]), `from ${from}`).toEqual([from + size - 1])
  }
})
