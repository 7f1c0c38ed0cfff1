// ops/src/bootstrap/render.ts: what a bootstrap found and made, and what comes next.
import type { Paint } from '../shell/paint.ts'
import type { Bootstrapped, ClaimStep } from './bootstrap.ts'
import type { GithubAccess } from './github-access.ts'
import type { BootstrapPlan } from './plan.ts'

const BUCKET = { made: 'made', completed: 'was there, now set up', kept: 'as it was' } as const
const BOUNDARY = { made: 'made', updated: 'brought up to date', kept: 'as it was' } as const
const CLAIM = { made: 'made', found: 'found, as a former run had left it', kept: 'as it was' } as const
const POLICY = { attached: 'attached', kept: 'as it was', 'stack-missing': 'waits for the stack: the first deploy attaches it' } as const

export function renderBootstrapped({ stage, accountId, region, stateBucket, secretsKey, boundary, claim, github }: Bootstrapped, paint: Paint): string {
  return [
    `Stage ${stage}, account ${accountId}, ${region}`,
    `  state bucket       ${stateBucket.name}: ${BUCKET[stateBucket.outcome]}`,
    `  key of secrets     ${secretsKey.alias}: ${BUCKET[secretsKey.outcome]}`,
    `  role boundary      ${BOUNDARY[boundary]}`,
    `  claim certificate  ${claim.certificateId.slice(0, 12)}…: ${CLAIM[claim.outcome]}${inactive(claim, paint)}`,
    `  claim policy       ${POLICY[claim.policy]}`,
    ...(github ? renderGithub(github, region) : []),
    ...(claim.policy === 'stack-missing' ? ['', `Next: fleet deploy --stage ${stage}`] : []),
  ].join('\n')
}

/** Someone took it out of service: that is not undone unasked. */
const inactive = ({ status }: ClaimStep, paint: Paint): string =>
  status === 'ACTIVE' ? '' : paint('red', `; it is ${status}, so no new device can join (aws iot update-certificate --new-status ACTIVE, if that is not meant)`)

const ROLE = { made: 'made', updated: 'brought up to date', kept: 'as it was' } as const

/** What only a person can set there. FLEET_PLAN_ROLE is asked for before a job has an environment, so it belongs to the repository. */
function renderGithub({ repository, provider, roles }: GithubAccess, region: string): string[] {
  const lines = roles.map(({ variable, environment, arn }) =>
    variable === 'FLEET_PLAN_ROLE'
      ? `  repository variable ${variable} = ${arn}; environment ${environment}: variable FLEET_REGION = ${region}`
      : `  environment ${environment}: variables ${variable} = ${arn}, FLEET_REGION = ${region}; ${environment === 'prod' ? 'required reviewers, deployment tags v* alone' : 'deployment branch main alone'}`,
  )
  return [`  identity provider  ${ROLE[provider]}`, ...roles.map(({ arn, outcome }) => `  role               ${arn}: ${ROLE[outcome]}`), '', `Set in ${repository} (Settings):`, ...lines, '  Advanced Security: secret scanning with push protection, Dependabot alerts; code scanning is set up by the workflow check']
}

export function renderBootstrapPlan({ stage, accountId, region, stateBucket, hasStateBucket, secretsKeyAlias, hasSecretsKey, hasBoundary, hasClaim, repository }: BootstrapPlan, paint: Paint): string {
  const line = (isThere: boolean, what: string) => `  ${isThere ? paint('dim', '= kept') : paint('green', '+ make')}  ${what}`
  return [
    `Stage ${stage}, account ${accountId}, ${region}`,
    line(hasStateBucket, `state bucket ${stateBucket}`),
    line(hasSecretsKey, `key of the secrets in that state, ${secretsKeyAlias}`),
    line(hasBoundary, 'permissions boundary of the stack’s roles'),
    line(hasClaim, 'claim certificate, with its key'),
    ...(repository === undefined ? [] : [`  ${paint('yellow', '~ have')}  identity provider, and roles for the environments ${stage} and ${stage}-plan of ${repository}`]),
  ].join('\n')
}
