// console/src/form.ts: reads what was written into a form.

/** Of the form that is submitted; empty when it has no such field. */
export function fieldOf({ currentTarget }: Event, name: string): string {
  const value = currentTarget instanceof HTMLFormElement ? new FormData(currentTarget).get(name) : undefined
  return typeof value === 'string' ? value : ''
}
