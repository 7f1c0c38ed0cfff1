// sandbox/src/site/nucleus/components/dependency-resolution.ts: all components that the device's groups need together, each in the one version that suits all.
import { DeploymentError } from '../deployments/deployment-error.ts'
import { inOrder } from '../lifecycle/dependency-order.ts'
import type { Recipe } from './recipe.ts'
import type { Requirements } from './version-negotiation.ts'
import { parseRequirement, type Requirement } from './version-requirement.ts'

export interface RootComponent {
  readonly group: string
  readonly name: string
  /** Exact, or whatever the group was deployed with. */
  readonly version: string
}

export interface Roots {
  /** Of the deployment itself. */
  readonly target: readonly RootComponent[]
  readonly others: readonly RootComponent[]
}

/** Breadth first; a component is asked for again whenever something more requires it. @throws DeploymentError */
export async function resolveDependencies({ target, others }: Roots, negotiate: (name: string, requirements: Requirements) => Promise<Recipe>): Promise<readonly Recipe[]> {
  const constraints = new Map<string, Map<string, Requirement>>()
  const require = (name: string, who: string, requirement: Requirement) => void constraintsOf(constraints, name).set(who, requirement)
  for (const { group, name, version } of target) require(name, group, exactly(name, version))
  for (const { group, name, version } of others) require(name, group, parseRequirement(version))
  const resolved = new Map<string, Recipe>()
  const references = new Map<string, number>()
  for (const root of new Set([...target, ...others].map(({ name }) => name))) {
    for (const waiting = [root]; waiting.length > 0; ) {
      const name = waiting.shift() ?? root
      const recipe = await negotiate(name, new Map(constraintsOf(constraints, name)))
      references.set(name, (references.get(name) ?? 0) + 1)
      const before = resolved.get(name)
      resolved.set(name, recipe)
      if (before?.version === recipe.version) continue
      if (before !== undefined) dropDependencies(before, { resolved, references, constraints })
      for (const [dependency, { requirement }] of Object.entries(recipe.dependencies)) {
        require(dependency, name, parseRequirement(requirement))
        waiting.push(dependency)
      }
    }
  }
  for (const { name } of target) refuseCircle(name, resolved)
  return [...resolved.values()]
}

interface Tree {
  readonly resolved: Map<string, Recipe>
  readonly references: Map<string, number>
  readonly constraints: Map<string, Map<string, Requirement>>
}

/** Another version took this one's place: what only it needed goes. */
function dropDependencies(removed: Recipe, { resolved, references, constraints }: Tree): void {
  for (const gone = [removed]; gone.length > 0; ) {
    const recipe = gone.shift() ?? removed
    for (const dependency of Object.keys(recipe.dependencies)) {
      constraints.get(dependency)?.delete(recipe.name)
      const count = references.get(dependency)
      if (count === undefined) continue
      if (count > 1) references.set(dependency, count - 1)
      else {
        references.delete(dependency)
        const orphan = resolved.get(dependency)
        resolved.delete(dependency)
        if (orphan !== undefined) gone.push(orphan)
      }
    }
  }
}

function refuseCircle(root: string, resolved: ReadonlyMap<string, Recipe>): void {
  const reached = new Set([root])
  const needed = (name: string) => Object.keys(resolved.get(name)?.dependencies ?? {})
  for (const name of reached) for (const dependency of needed(name)) reached.add(dependency) // a set is walked to what was added meanwhile
  if (inOrder(reached, needed).length === reached.size) return
  throw new DeploymentError(`Circular dependency detected for component ${root}-v${resolved.get(root)?.version ?? ''}`, { codes: ['COMPONENT_CIRCULAR_DEPENDENCY_ERROR'] })
}

function exactly(name: string, version: string): Requirement {
  try {
    return parseRequirement(version)
  } catch (cause) {
    const what = `Unsupported component version '${version}' for component '${name}'. For pre-release versions, please start the version tag with a non-numeric character`
    throw new DeploymentError(what, { codes: ['COMPONENT_VERSION_NOT_VALID'], cause })
  }
}

function constraintsOf(constraints: Map<string, Map<string, Requirement>>, name: string): Map<string, Requirement> {
  const there = constraints.get(name) ?? new Map<string, Requirement>()
  constraints.set(name, there)
  return there
}
