// ops/src/pull-request/github-comments.ts: one comment on a pull request of GitHub, found again by its mark and kept current.
import { FleetError } from '@fleet/contract/errors'
import * as z from 'zod'

export interface Conversation {
  /** `https://api.github.com` */
  readonly api: string
  /** `owner/name` */
  readonly repository: string
  readonly number: number
  readonly token: string
}

export interface Kept {
  readonly outcome: 'made' | 'replaced' | 'kept'
  readonly url: string
}

const Comment = z.object({ id: z.number(), body: z.string().nullish(), html_url: z.string(), user: z.object({ type: z.string() }).nullish() })
type Comment = z.infer<typeof Comment>

const PER_PAGE = 100
/** A conversation of more than 3000 comments gets a further comment of ours. */
const MOST_PAGES = 30

/** REST API of GitHub, «Issue comments»: a pull request is an issue there. @throws FleetError GITHUB_REFUSED */
export async function keepComment(conversation: Conversation, { mark, body }: { readonly mark: string; readonly body: string }): Promise<Kept> {
  const ours = await find(conversation, mark)
  if (ours?.body === body) return { outcome: 'kept', url: ours.html_url }
  const at = `/repos/${conversation.repository}/issues`
  const [method, path] = ours ? (['PATCH', `${at}/comments/${ours.id}`] as const) : (['POST', `${at}/${conversation.number}/comments`] as const)
  const { html_url: url } = Comment.parse(await call(conversation, method, path, { body }))
  return { outcome: ours ? 'replaced' : 'made', url }
}

/** Of a bot, since anybody can write the mark into a comment; the token could not tell which one it is itself. */
async function find(conversation: Conversation, mark: string): Promise<Comment | undefined> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const path = `/repos/${conversation.repository}/issues/${conversation.number}/comments?per_page=${PER_PAGE}&page=${page}`
    const comments = z.array(Comment).parse(await call(conversation, 'GET', path))
    const ours = comments.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(mark) === true)
    if (ours || comments.length < PER_PAGE) return ours
  }
  return undefined
}

const TIMEOUT_MS = 30_000

async function call({ api, token }: Conversation, method: 'GET' | 'PATCH' | 'POST', path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw refused(`${method} ${path}`, 'no answer', error)
  })
  if (!answer.ok) throw refused(`${method} ${path}`, `${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  return answer.json()
}

const refused = (what: string, why: string, cause?: unknown) =>
  new FleetError('GITHUB_REFUSED', `GitHub did not do ${what}: ${why}`, 'Look whether the job has `permissions: pull-requests: write`, and whether number and repository are right; then run the job again.', { cause })
