// packages/contract/src/item.ts: an item of DynamoDB as plain JSON: what the tables of telemetry.ts and alarm.ts have, to be checked by its schema.

/** DynamoDB's typed values (API reference, AttributeValue), as far as a rule of AWS IoT writes them from JSON. */
export interface StoredValue {
  readonly S?: string | undefined
  readonly N?: string | undefined
  readonly BOOL?: boolean | undefined
  readonly NULL?: boolean | undefined
  readonly L?: readonly StoredValue[] | undefined
  readonly M?: Readonly<Record<string, StoredValue>> | undefined
}

export const plainItem = (item: Readonly<Record<string, StoredValue>>): Record<string, unknown> => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]))

function plainValue({ S, N, BOOL, L, M }: StoredValue): unknown {
  if (S !== undefined) return S
  if (N !== undefined) return Number(N)
  if (BOOL !== undefined) return BOOL
  if (L !== undefined) return L.map(plainValue)
  return M === undefined ? null : plainItem(M)
}
