// ops/src/shell/is-meant.test.ts: nothing is done that nobody has said yes to.
import { expect, test } from 'vitest'
import { isMeant } from './is-meant.ts'
import { processShell } from './shell.ts'

function asked({ isInteractive, answer = false }: { readonly isInteractive: boolean; readonly answer?: boolean }) {
  const [questions, told]: [string[], string[]] = [[], []]
  const shell = { ...processShell({ isJson: false }), isInteractive, tell: (text: string) => void told.push(text), confirm: async (question: string) => (questions.push(question), answer) }
  return { questions, told, is: (yes?: true) => isMeant(shell, { ...(yes && { yes }), question: 'Rotate 3 devices?', would: '3 devices would rotate' }) }
}

test('--yes is enough, also where somebody could be asked', async () => {
  const { is, questions } = asked({ isInteractive: true })
  expect(await is(true)).toBe(true)
  expect(questions).toEqual([])
})

test.each([true, false])('the person decides: %s', async (answer) => {
  const { is, questions, told } = asked({ isInteractive: true, answer })
  expect(await is()).toBe(answer)
  expect(questions).toEqual(['Rotate 3 devices?'])
  expect(told).toEqual(answer ? [] : ['Nothing was changed.'])
})

test('with nobody to ask it is refused, and says how it can be meant', async () => {
  const { is, questions } = asked({ isInteractive: false })
  await expect(is()).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('3 devices would rotate, and there is nobody to ask') as string, remedy: expect.stringContaining('--yes') as string })
  expect(questions).toEqual([])
})
