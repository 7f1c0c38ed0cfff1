// sandbox/src/site/nucleus/lifecycle/dependency-order.ts: an order in which everything comes after what it needs.

interface Needing<T> {
  readonly dependencies: { keys(): Iterable<T> }
}

/** Items in a circle, and what needs them, are left out. */
export function orderedByDependency<T extends Needing<T>>(items: Iterable<T>): T[] {
  return inOrder(items, (item) => item.dependencies.keys())
}

export function inOrder<T>(items: Iterable<T>, needed: (item: T) => Iterable<T>): T[] {
  const pending = new Set(items)
  const found = new Set<T>()
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const item of pending) {
      if (![...needed(item)].every((each) => found.has(each))) continue
      found.add(item)
      pending.delete(item)
    }
  }
  return [...found]
}
