// sandbox/src/site/nucleus/config/rollback.ts: what a failed deployment added to the configuration goes again.
import { removeNode, type Changes, type ConfigBranch, type ConfigNode, type ConfigPath } from './config-tree.ts'
import { childBehaviour, type MergeBehaviour } from './merge-behaviour.ts'
import type { TransactionLine } from './transaction-log.ts'

/** Removes every node that no line of the snapshot names, where the behaviour is to replace. */
export function discardUnlisted(root: ConfigBranch, snapshot: readonly TransactionLine[], behaviour: MergeBehaviour, changes: Changes): void {
  const listed = new Set<string>()
  for (const { TP } of snapshot) for (let depth = 0; depth <= TP.length; depth++) listed.add(key(TP.slice(0, depth)))
  for (const path of unlisted(root, [], { listed, behaviour })) removeNode(root, path, 0, changes)
}

function unlisted(node: ConfigNode, path: ConfigPath, { listed, behaviour }: { listed: ReadonlySet<string>; behaviour: MergeBehaviour }): ConfigPath[] {
  if (behaviour.unnamed === 'replace' && !listed.has(key(path))) return [path]
  if (node.kind === 'leaf') return []
  return [...node.children.values()].flatMap((child) => unlisted(child, [...path, child.name], { listed, behaviour: childBehaviour(behaviour, child.name) }))
}

const key = (path: ConfigPath) => JSON.stringify(path.map((name) => name.toLowerCase()))
