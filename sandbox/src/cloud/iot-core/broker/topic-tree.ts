// sandbox/src/cloud/iot-core/broker/topic-tree.ts: finds what is kept under the filters that a topic matches.

/** Values by topic filter. `#` does not match its parent level, and wildcards do not match a leading `$` (AWS IoT guide, «MQTT»: differences). */
export interface TopicTree<T> {
  add(filter: string, value: T): void
  remove(filter: string, value: T): void
  /** Values of all filters that match; one for each filter under which it was added. */
  match(topic: string): readonly T[]
}

interface Level<T> {
  readonly children: Map<string, Level<T>>
  readonly values: Set<T>
}

/** Answers are remembered until the tree changes: devices publish to the same few topics again and again. */
const REMEMBERED = 10_000

export function topicTree<T>(): TopicTree<T> {
  const root = level<T>()
  const remembered = new Map<string, readonly T[]>()
  return {
    add(filter, value) {
      remembered.clear()
      let at = root
      for (const name of filter.split('/')) at = childOf(at, name)
      at.values.add(value)
    },
    remove(filter, value) {
      remembered.clear()
      removeFrom(root, filter.split('/'), value)
    },
    match(topic) {
      const known = remembered.get(topic)
      if (known) return known
      const found: T[] = []
      collect(root, topic.split('/'), 0, found)
      if (remembered.size >= REMEMBERED) remembered.clear()
      remembered.set(topic, found)
      return found
    },
  }
}

/** Whether one filter matches one topic, by the same rules. */
export function matches(filter: string, topic: string): boolean {
  const tree = topicTree<true>()
  tree.add(filter, true)
  return tree.match(topic).length > 0
}

const level = <T>(): Level<T> => ({ children: new Map(), values: new Set() })

function childOf<T>({ children }: Level<T>, name: string): Level<T> {
  let child = children.get(name)
  if (!child) children.set(name, (child = level()))
  return child
}

/** @returns whether the level is empty now and can be dropped by its parent. */
function removeFrom<T>(at: Level<T>, [name, ...rest]: readonly string[], value: T): boolean {
  if (name === undefined) at.values.delete(value)
  else {
    const child = at.children.get(name)
    if (child && removeFrom(child, rest, value)) at.children.delete(name)
  }
  return at.values.size === 0 && at.children.size === 0
}

function collect<T>(at: Level<T>, levels: readonly string[], depth: number, found: T[]): void {
  const name = levels[depth]
  if (name === undefined) {
    found.push(...at.values)
    return
  }
  const exact = at.children.get(name)
  if (exact) collect(exact, levels, depth + 1, found)
  if (depth === 0 && name.startsWith('$')) return
  const one = at.children.get('+')
  if (one) collect(one, levels, depth + 1, found)
  const all = at.children.get('#')
  if (all) found.push(...all.values)
}
