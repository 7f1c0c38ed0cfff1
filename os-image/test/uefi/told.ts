// os-image/test/uefi/told.ts: what the test tells whoever watches it, and what it holds to be so.
const began = performance.now()

export const tell = (what: string): void => void process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${what}\n`)

/** @throws when it is not so */
export function holds(what: string, isSo: boolean, found: string): void {
  if (!isSo) throw new Error(`${what}: it is not so; found: ${found}`)
  tell(`  ok: ${what}`)
}
