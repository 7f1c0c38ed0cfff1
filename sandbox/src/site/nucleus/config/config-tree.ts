// sandbox/src/site/nucleus/config/config-tree.ts: the configuration as a tree whose every value knows when it was set; names match in any case.
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { childBehaviour, type MergeBehaviour } from './merge-behaviour.ts'

export interface ConfigLeaf {
  readonly kind: 'leaf'
  readonly name: string
  value: JsonValue
  modifiedAt: number
}

export interface ConfigBranch {
  readonly kind: 'branch'
  readonly name: string
  readonly children: Map<string, ConfigNode>
  /** Of its latest child. */
  modifiedAt: number
}

export type ConfigNode = ConfigLeaf | ConfigBranch
export type ConfigPath = readonly string[]

/** One thing that changed; the words of the transaction log, and `created` for a leaf that was not there. */
export interface ConfigChange {
  readonly what: 'created' | 'changed' | 'removed' | 'timestampUpdated' | 'interiorAdded'
  readonly path: ConfigPath
  readonly at: number
  readonly value?: JsonValue
}

export type Changes = ConfigChange[]

export const emptyBranch = (name: string, at = 0): ConfigBranch => ({ kind: 'branch', name, children: new Map(), modifiedAt: at })

/** With the times of its values, to be changed without the original. */
export function copyOf({ name, children, modifiedAt }: ConfigBranch): ConfigBranch {
  const copies = [...children].map(([key, child]) => [key, child.kind === 'leaf' ? { ...child } : copyOf(child)] as const)
  return { kind: 'branch', name, children: new Map(copies), modifiedAt }
}

export function findNode(root: ConfigBranch, path: ConfigPath): ConfigNode | undefined {
  let node: ConfigNode | undefined = root
  for (const name of path) node = node?.kind === 'branch' ? node.children.get(name.toLowerCase()) : undefined
  return node
}

/** A value with a time; an older one changes nothing unless `force`. The same value again with a later time moves the time on when `touch`. */
export interface NewValue {
  readonly value: JsonValue
  readonly at: number
  readonly force?: boolean
  readonly touch?: boolean
}

/** Sets a leaf, with the branches above it. @throws Error when there is a branch in its place */
export function setLeaf(root: ConfigBranch, path: ConfigPath, next: NewValue, changes: Changes): void {
  const parents = path.slice(0, -1)
  const branch = ensureBranch(root, parents, next.at, changes)
  const name = path.at(-1) ?? ''
  const there = branch.children.get(name.toLowerCase())
  if (there?.kind === 'branch') throw new Error(`${path.join('.')} is a container, it cannot become a leaf`)
  updateLeaf(there ?? createLeaf(branch, name, parents, changes), next, parents, changes)
  noteTimes(root, parents)
}

export function ensureBranch(root: ConfigBranch, path: ConfigPath, at: number, changes: Changes): ConfigBranch {
  let branch = root
  for (const [depth, name] of path.entries()) branch = childBranch(branch, name, { above: path.slice(0, depth), at }, changes)
  return branch
}

export interface NewMap {
  readonly map: JsonObject
  readonly behaviour: MergeBehaviour
}

/** Lets the map meet what is at `path`, as its behaviour says for each level. */
export function mergeMap(root: ConfigBranch, path: ConfigPath, { map, behaviour }: NewMap, changes: Changes): void {
  mergeInto(ensureBranch(root, path, behaviour.at, changes), path, map, { behaviour, changes })
  noteTimes(root, path)
}

export function removeNode(root: ConfigBranch, path: ConfigPath, at: number, changes: Changes): void {
  const parents = path.slice(0, -1)
  const parent = findNode(root, parents)
  if (parent?.kind !== 'branch' || !parent.children.delete((path.at(-1) ?? '').toLowerCase())) return
  changes.push({ what: 'removed', path, at })
  noteTimes(root, parents)
}

/** Sorted in any case, without what is only in memory (names that begin with `_`). */
export function plain(node: ConfigBranch): JsonObject {
  const visible = [...node.children.values()].filter(({ name }) => !name.startsWith('_'))
  visible.sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1))
  return Object.fromEntries(visible.map((child) => [child.name, child.kind === 'leaf' ? child.value : plain(child)]))
}

interface Merge {
  readonly behaviour: MergeBehaviour
  readonly changes: Changes
}

function mergeInto(branch: ConfigBranch, path: ConfigPath, map: JsonObject, { behaviour, changes }: Merge): void {
  const unnamed = new Set(branch.children.keys())
  for (const [name, value] of Object.entries(map)) {
    unnamed.delete(name.toLowerCase())
    mergeChild({ branch, path, name }, value, { behaviour, changes })
  }
  for (const key of unnamed) {
    const child = branch.children.get(key)
    if (child === undefined || childBehaviour(behaviour, child.name).unnamed === 'merge') continue
    branch.children.delete(key)
    changes.push({ what: 'removed', path: [...path, child.name], at: child.modifiedAt })
  }
}

function mergeChild({ branch, path, name }: { branch: ConfigBranch; path: ConfigPath; name: string }, value: JsonValue, { behaviour, changes }: Merge): void {
  const own = childBehaviour(behaviour, name)
  const there = branch.children.get(name.toLowerCase())
  const wanted = isJsonObject(value) ? 'branch' : 'leaf'
  if (there !== undefined && there.kind !== wanted) {
    branch.children.delete(name.toLowerCase())
    changes.push({ what: 'removed', path: [...path, there.name], at: there.modifiedAt })
  }
  if (isJsonObject(value)) {
    const child = childBranch(branch, name, { above: path, at: behaviour.at }, changes)
    mergeInto(child, [...path, child.name], value, { behaviour: own, changes })
    child.modifiedAt = latest(child)
  } else {
    const leaf = there?.kind === 'leaf' ? there : createLeaf(branch, name, path, changes)
    updateLeaf(leaf, { value, at: own.at, touch: true }, path, changes)
  }
}

function childBranch(parent: ConfigBranch, name: string, { above, at }: { above: ConfigPath; at: number }, changes: Changes): ConfigBranch {
  const there = parent.children.get(name.toLowerCase())
  if (there?.kind === 'leaf') throw new Error(`${[...above, name].join('.')} is a leaf, it cannot become a container`)
  if (there !== undefined) return there
  const made = emptyBranch(name, at)
  parent.children.set(name.toLowerCase(), made)
  changes.push({ what: 'interiorAdded', path: [...above, name], at })
  return made
}

function createLeaf(parent: ConfigBranch, name: string, above: ConfigPath, changes: Changes): ConfigLeaf {
  const leaf: ConfigLeaf = { kind: 'leaf', name, value: null, modifiedAt: 0 }
  parent.children.set(name.toLowerCase(), leaf)
  changes.push({ what: 'created', path: [...above, name], at: 0 })
  return leaf
}

function updateLeaf(leaf: ConfigLeaf, { value, at, force = false, touch = false }: NewValue, above: ConfigPath, changes: Changes): void {
  const same = isDeepStrictEqual(value, leaf.value)
  const movesOn = touch && at > leaf.modifiedAt
  if ((same || (!force && at < leaf.modifiedAt)) && !movesOn) return
  leaf.value = value
  leaf.modifiedAt = at
  const path = [...above, leaf.name]
  changes.push(same ? { what: 'timestampUpdated', path, at } : { what: 'changed', path, at, value })
}

/** A branch is as young as its youngest child. */
function noteTimes(root: ConfigBranch, path: ConfigPath): void {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = findNode(root, path.slice(0, depth))
    if (node?.kind === 'branch') node.modifiedAt = latest(node)
  }
}

function latest({ children, modifiedAt }: ConfigBranch): number {
  if (children.size === 0) return modifiedAt
  return Math.max(...[...children.values()].map((child) => child.modifiedAt))
}
