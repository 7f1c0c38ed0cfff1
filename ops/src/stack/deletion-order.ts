// ops/src/stack/deletion-order.ts: in which order resources can be deleted: whoever depends on another goes before it.

export interface Dependent {
  readonly urn: string
  readonly dependencies: readonly string[]
}

/**
 * Waves of resources; those of one wave do not depend on each other, nor does any later wave on an earlier one. A cycle cannot come from
 * a program; a damaged state must not make this endless, so what is left then is the last wave.
 */
export function deletionWaves<T extends Dependent>(resources: readonly T[]): T[][] {
  const waves: T[][] = []
  let left = [...resources]
  while (left.length > 0) {
    const needed = new Set(left.flatMap(({ urn, dependencies }) => dependencies.filter((other) => other !== urn)))
    const free = left.filter(({ urn }) => !needed.has(urn))
    const wave = free.length > 0 ? free : left
    waves.push(wave)
    left = left.filter((resource) => !wave.includes(resource))
  }
  return waves
}
