// components/health/src/json.ts: what is in a file that a power cut may have left behind.

/** Undefined for what is no JSON: refused by whatever schema comes next. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
