// sandbox/src/cloud/iam/policy-evaluation.ts: decides whether policies allow a request; shared by IAM, resource policies and AWS IoT policies.
import { type Condition, compileCondition } from './policy-condition.ts'
import { type Listed, type PolicyKind, type PrincipalsByType, readPolicyDocument, type Statement } from './policy-document.ts'
import { compilePattern, type Context, type Pattern } from './policy-pattern.ts'

export type { Context } from './policy-pattern.ts'
export { PolicyMalformed } from './policy-document.ts'

export interface PolicyRequest {
  readonly action: string
  /** Not asked in trust policies. */
  readonly resource: string
  /** Values of condition keys and policy variables. */
  readonly context?: Context
  /** Who asks, for resource and trust policies: all names by which a statement may mean it (session ARN, role ARN, account). */
  readonly principal?: { readonly type: 'AWS' | 'Service' | 'Federated'; readonly names: readonly string[] }
}

/** `by` is the statement that decided: `<policy>/<Sid or number>`; undefined when none did. */
export type Decision =
  | { readonly allowed: true; readonly by: string }
  | { readonly allowed: false; readonly reason: 'explicit-deny'; readonly by: string }
  | { readonly allowed: false; readonly reason: 'implicit-deny'; readonly by: undefined }

/** A document, compiled once; `evaluate` is on the broker's hot path. */
export interface CompiledPolicy {
  readonly name: string
  evaluate(request: PolicyRequest): Decision
}

/** @throws PolicyMalformed */
export function compile(document: string, { name = 'policy', kind = 'identity' }: { readonly name?: string; readonly kind?: PolicyKind } = {}): CompiledPolicy {
  const { statements, hasVariables } = readPolicyDocument(document, kind)
  const compiled = statements.map((statement, index) => compileStatement(statement, `${name}/${statement.sid ?? index + 1}`, hasVariables))
  const denying = compiled.filter(({ effect }) => effect === 'Deny')
  const allowing = compiled.filter(({ effect }) => effect === 'Allow')
  return {
    name,
    evaluate(request) {
      const context = request.context ?? NO_CONTEXT
      const denied = denying.find((statement) => statement.applies(request, context))
      if (denied) return { allowed: false, reason: 'explicit-deny', by: denied.label }
      const allowed = allowing.find((statement) => statement.applies(request, context))
      return allowed ? { allowed: true, by: allowed.label } : IMPLICIT_DENY
    },
  }
}

/** All policies that are in force together: any explicit deny wins, else any allow, else deny. */
export function evaluate(policies: Iterable<CompiledPolicy>, request: PolicyRequest): Decision {
  let allowed: Decision | undefined
  for (const policy of policies) {
    const decision = policy.evaluate(request)
    if (!decision.allowed && decision.reason === 'explicit-deny') return decision
    if (decision.allowed) allowed ??= decision
  }
  return allowed ?? IMPLICIT_DENY
}

/** Condition keys are case-insensitive (IAM guide, «Condition»). */
export function contextOf(values: Readonly<Record<string, string | readonly string[] | undefined>>): Context {
  const byKey = new Map(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]))
  return (key) => byKey.get(key.toLowerCase())
}

const IMPLICIT_DENY: Decision = { allowed: false, reason: 'implicit-deny', by: undefined }
const NO_CONTEXT: Context = () => undefined

interface CompiledStatement {
  readonly label: string
  readonly effect: 'Allow' | 'Deny'
  applies(request: PolicyRequest, context: Context): boolean
}

function compileStatement({ effect, action, resource, principal, conditions }: Statement, label: string, hasVariables: boolean): CompiledStatement {
  const coversAction = actionMatcher(action)
  const coversResource = resource ? resourceMatcher(resource, effect, hasVariables) : () => true
  const coversPrincipal = principal ? principalMatcher(principal.byType, principal.negated) : undefined
  const conditionsHold: Condition[] = conditions.map((condition) => compileCondition(condition, hasVariables))
  return {
    label,
    effect,
    applies: (request, context) =>
      coversAction(request.action) &&
      coversResource(request.resource, context) &&
      (coversPrincipal === undefined || coversPrincipal(request.principal)) &&
      conditionsHold.every((holds) => holds(context)),
  }
}

/** Actions are compared without regard to case; the few that a document names are remembered by how requests spell them. */
function actionMatcher({ negated, values }: Listed): (action: string) => boolean {
  const patterns = values.map((value) => compilePattern(value.toLowerCase(), { wildcards: true, variables: false }))
  const known = new Map<string, boolean>()
  return (action) => {
    let covered = known.get(action)
    if (covered === undefined) {
      const lower = action.toLowerCase()
      covered = patterns.some((pattern) => pattern.matches(lower, NO_CONTEXT)) !== negated
      if (known.size < MOST_REMEMBERED_ACTIONS) known.set(action, covered)
    }
    return covered
  }
}
const MOST_REMEMBERED_ACTIONS = 64

/** A variable without a value never widens what is allowed: an Allow with NotResource then covers nothing. */
function resourceMatcher({ negated, values }: Listed, effect: 'Allow' | 'Deny', variables: boolean): (resource: string, context: Context) => boolean {
  const patterns: Pattern[] = values.map((value) => compilePattern(value, { wildcards: true, variables }))
  if (!negated) return (resource, context) => patterns.some((pattern) => pattern.matches(resource, context))
  return (resource, context) =>
    !patterns.some((pattern) => pattern.matches(resource, context)) && (effect === 'Deny' || patterns.every((pattern) => pattern.isComplete(context)))
}

function principalMatcher(byType: PrincipalsByType, negated: boolean): (principal: PolicyRequest['principal']) => boolean {
  const isNamed = ({ type, names }: NonNullable<PolicyRequest['principal']>) => {
    const listed = [...(byType[type] ?? []), ...(byType['*'] ?? [])]
    return listed.some((name) => name === '*' || names.includes(name))
  }
  return (principal) => principal !== undefined && isNamed(principal) !== negated
}
