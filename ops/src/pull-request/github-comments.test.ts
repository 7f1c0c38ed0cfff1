// ops/src/pull-request/github-comments.test.ts: one comment, made once and then replaced, whatever else is said on the pull request.
import { expect, onTestFinished, test } from 'vitest'
import { fakeGithub } from './github.testing.ts'
import { keepComment } from './github-comments.ts'

const MARK = '<!-- mark -->'

async function pullRequest() {
  const github = await fakeGithub('acme/fleet', 7)
  onTestFinished(() => github[Symbol.asyncDispose]())
  const conversation = { api: github.url, repository: 'acme/fleet', number: 7, token: github.token }
  return { github, keep: (text: string) => keepComment(conversation, { mark: MARK, body: `${MARK}\n${text}` }), conversation }
}

test('the first report makes a comment, the next replaces it, the same writes nothing', async () => {
  const { github, keep } = await pullRequest()
  expect(await keep('one')).toMatchObject({ outcome: 'made' })
  expect(await keep('two')).toMatchObject({ outcome: 'replaced', url: 'https://github.com/acme/fleet/pull/7#issuecomment-1' })
  expect(await keep('two')).toMatchObject({ outcome: 'kept' })
  expect(github.comments.map(({ body }) => body)).toEqual([`${MARK}\ntwo`])
  expect(github.calls.filter((call) => !call.startsWith('GET'))).toHaveLength(2)
})

test('it is found behind two hundred others, and a person’s comment with the mark is left alone', async () => {
  const { github, keep } = await pullRequest()
  github.write(`${MARK}\nby a person`, 'User')
  for (let count = 0; count < 200; count++) github.write(`says ${count}`, 'User')
  await keep('one')
  for (let count = 0; count < 100; count++) github.write(`says more ${count}`, 'User')
  expect(await keep('two')).toMatchObject({ outcome: 'replaced' })
  expect(github.comments.filter(({ body }) => body.startsWith(MARK)).map(({ body }) => body)).toEqual([`${MARK}\nby a person`, `${MARK}\ntwo`])
})

test('a token that may not, and a GitHub that is not there, are told with what GitHub said', async () => {
  const { conversation } = await pullRequest()
  const comment = { mark: MARK, body: MARK }
  await expect(keepComment({ ...conversation, token: 'other' }, comment)).rejects.toMatchObject({ code: 'GITHUB_REFUSED', message: expect.stringContaining('403: {"message":"Resource not accessible by integration"}') as unknown })
  await expect(keepComment({ ...conversation, api: 'http://127.0.0.1:9' }, comment)).rejects.toMatchObject({ code: 'GITHUB_REFUSED' })
})
