// ops/src/pull-request/run-comment.ts: `fleet pull-request comment`.
import { FleetError } from '@fleet/contract/errors'
import { EXIT } from '../shell/exit-code.ts'
import type { ExitCode, Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { keepComment, type Kept } from './github-comments.ts'
import { MARK, renderComment, type Checks } from './markdown.ts'

export interface CommentOptions {
  readonly number: number
  readonly commit: string
  readonly checks: string
  readonly json?: true
}

export async function runComment({ shell, options }: Invocation<CommentOptions>): Promise<ExitCode> {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository } = required(shell.environment, ['GITHUB_TOKEN', 'GITHUB_REPOSITORY'])
  const api = shell.environment['GITHUB_API_URL'] ?? 'https://api.github.com'
  const checks = options.checks as Checks // commander takes these words alone
  const body = renderComment({ checks, commit: options.commit, report: shell.environment['REPORT'] ?? '' })
  show(shell, await keepComment({ api, repository, token, number: options.number }, { mark: MARK, body }), renderKept)
  return EXIT.done
}

const WORDS = { made: 'made', replaced: 'replaced', kept: 'as it was' } as const
const renderKept = ({ outcome, url }: Kept) => `comment ${WORDS[outcome]}: ${url}`

function required<Name extends string>(environment: Readonly<Record<string, string | undefined>>, names: readonly Name[]): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (environment[name] ?? '') === '')
  if (missing.length > 0) throw new FleetError('USAGE', `the environment lacks ${missing.join(' and ')}`, 'This command is for a job of a GitHub workflow, which has them (.github/workflows/pull-request.yml).')
  return Object.fromEntries(names.map((name) => [name, environment[name]])) as Record<Name, string> // every one was just seen to be set
}
