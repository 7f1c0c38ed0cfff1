// ops/src/pull-request/github.testing.ts: for tests: the few calls of GitHub's REST API that a comment needs, by HTTP, for one token and one pull request.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface FakeComment {
  readonly id: number
  body: string
  readonly html_url: string
  readonly user: { readonly type: 'Bot' | 'User' }
}

export interface FakeGithub extends AsyncDisposable {
  readonly url: string
  readonly token: string
  readonly comments: FakeComment[]
  /** `GET …`, in the order in which they came. */
  readonly calls: string[]
  write(body: string, type: 'Bot' | 'User'): void
}

export async function fakeGithub(repository: string, number: number): Promise<FakeGithub> {
  const write = (body: string, type: 'Bot' | 'User'): FakeComment => {
    const id = github.comments.length + 1
    const comment: FakeComment = { id, body, html_url: `https://github.com/${repository}/pull/${number}#issuecomment-${id}`, user: { type } }
    github.comments.push(comment)
    return comment
  }
  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)))
  })
  const conversation = `/repos/${repository}/issues/${number}/comments`

  async function answer(request: IncomingMessage): Promise<[status: number, body: unknown]> {
    const { method = '', url = '', headers } = request
    const { pathname, searchParams } = new URL(url, github.url)
    github.calls.push(`${method} ${pathname}`)
    if (headers.authorization !== `Bearer ${github.token}`) return [403, { message: 'Resource not accessible by integration' }]
    if (method === 'GET' && pathname === conversation) {
      const [size, page] = [Number(searchParams.get('per_page')), Number(searchParams.get('page'))]
      return [200, github.comments.slice((page - 1) * size, page * size)]
    }
    const { body = '' } = JSON.parse((await text(request)) || '{}') as { readonly body?: string }
    if (body.length > 65_536) return [422, { message: 'body is too long (maximum is 65536 characters)' }]
    if (method === 'POST' && pathname === conversation) return [201, write(body, 'Bot')]
    const comment = github.comments.find(({ id }) => pathname === `/repos/${repository}/issues/comments/${id}`)
    if (method !== 'PATCH' || !comment) return [404, { message: 'Not Found' }]
    comment.body = body
    return [200, comment]
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const github: FakeGithub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server has this kind of address
    token: 'token-of-the-job',
    comments: [],
    calls: [],
    write,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return github
}
