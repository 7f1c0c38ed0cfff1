// infra/src/lambda-settings.test.ts: a function without its settings does not start.
import { expect, test } from 'vitest'
import { lambdaSettings } from './lambda-settings.ts'

test('every missing setting is named at once', () => {
  expect(() => lambdaSettings(['A', 'B', 'C'], { A: '1', B: '' })).toThrow('the function lacks B, C')
  expect(lambdaSettings(['A'], { A: '1', B: '2' })).toEqual({ A: '1' })
})
