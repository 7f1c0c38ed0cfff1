// sandbox/src/cloud/cloud-control/types/all-pages.ts: reads a list of a service to its end.

/** `page` gets the token of the page before, and gives the next one. */
export async function allPages<T>(page: (token: string | undefined) => Promise<{ readonly items: readonly T[] | undefined; readonly next: string | undefined }>): Promise<T[]> {
  const all: T[] = []
  let token: string | undefined
  do {
    const { items, next } = await page(token)
    all.push(...(items ?? []))
    token = next
  } while (token !== undefined)
  return all
}
