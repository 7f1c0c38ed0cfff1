// ops/src/bootstrap/bootstrap.test.ts: which repository is meant, and how a bootstrap is told.
import { expect, test } from 'vitest'
import { plain } from '../shell/paint.ts'
import { parseRepository, repositoryIn } from './github-repository.ts'
import { renderBootstrapPlan } from './render.ts'

test.each<[string, string | undefined]>([
  ['https://github.com/acme/fleet.git', 'acme/fleet'],
  ['https://token@github.com/acme/fleet', 'acme/fleet'],
  ['git@github.com:acme/fleet.git', 'acme/fleet'],
  ['ssh://git@github.com/acme/fleet.git', 'acme/fleet'],
  ['https://gitlab.com/acme/fleet.git', undefined],
  ['https://github.com.example.org/acme/fleet', undefined],
  ['https://github.com/acme/fleet/extra', undefined],
  ['', undefined],
])('%s is %s', (url, expected) => {
  expect(repositoryIn(url)).toBe(expected)
})

test.each(['acme', 'acme/fleet:environment:prod', 'acme/*', '*/fleet', 'acme/fleet*', ' acme/fleet'])('«%s» would trust others and is refused', (text) => {
  expect(() => parseRepository(text)).toThrow('is no repository')
})

test('a plan says what is there and what it would make', () => {
  const plan = { stage: 'dev', accountId: '0', region: 'r', stateBucket: 'b', hasStateBucket: true, secretsKeyAlias: 'alias/k', hasSecretsKey: false, hasBoundary: false, hasClaim: false, repository: 'acme/fleet' }
  expect(renderBootstrapPlan(plan, plain)).toBe('Stage dev, account 0, r\n  = kept  state bucket b\n  + make  key of the secrets in that state, alias/k\n  + make  permissions boundary of the stack’s roles\n  + make  claim certificate, with its key\n  ~ have  identity provider, and roles for the environments dev and dev-plan of acme/fleet')
})
