// sandbox/src/site/board/light.test.ts: what an eye sees of an LED.
import { expect, test } from 'vitest'
import { light, looksDifferent } from './light.ts'

function blinking(frequencyHz: number, { fromMs = 0, forMs = 3000 / frequencyHz, lamp = light() } = {}) {
  const half = 500 / frequencyHz
  let atMs = fromMs
  for (let index = 0; atMs <= fromMs + forMs; index++, atMs = fromMs + index * half) lamp.edge(index % 2 === 0 ? 1 : 0, atMs)
  return { lamp, lastMs: atMs - half }
}

test.each([0.1, 0.5, 1, 5, 12.5, 50])('%s Hz is seen as such', (frequencyHz) => {
  const { lamp, lastMs } = blinking(frequencyHz)
  const seen = lamp.seen(lastMs + 1)
  expect(seen.light).toBe('blinking')
  expect('frequencyHz' in seen && seen.frequencyHz).toBeCloseTo(frequencyHz, 6)
})

test('an LED that nobody drives is dark; one that stays on is lit', () => {
  const lamp = light()
  expect(lamp.seen(0)).toEqual({ light: 'dark' })
  lamp.edge(1, 10)
  expect(lamp.seen(20)).toEqual({ light: 'lit' })
})

test('it is dark soon after it has stopped blinking', () => {
  const { lamp, lastMs } = blinking(5)
  lamp.edge(0, lastMs + 10)
  expect(lamp.seen(lastMs + 100).light).toBe('blinking')
  expect(lamp.seen(lastMs + 400)).toEqual({ light: 'dark' })
})

test('another frequency is seen within a second or two of it', () => {
  const { lamp, lastMs } = blinking(1, { forMs: 5000 })
  const next = blinking(10, { fromMs: lastMs + 500, forMs: 1500, lamp })
  const seen = lamp.seen(next.lastMs)
  expect('frequencyHz' in seen && seen.frequencyHz).toBeCloseTo(10, 1)
})

test('a jitter of a few percent is no news, another frequency is', () => {
  expect(looksDifferent({ light: 'blinking', frequencyHz: 5 }, { light: 'blinking', frequencyHz: 5.1 })).toBe(false)
  expect(looksDifferent({ light: 'blinking', frequencyHz: 5 }, { light: 'blinking', frequencyHz: 6 })).toBe(true)
  expect(looksDifferent({ light: 'dark' }, { light: 'lit' })).toBe(true)
})
