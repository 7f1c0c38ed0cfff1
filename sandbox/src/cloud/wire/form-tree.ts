// sandbox/src/cloud/wire/form-tree.ts: reads the flat form of query requests (`Tags.member.1.Key=…`) by the input's schema.
import type { NormalizedSchema } from '@smithy/core/schema'
import { fromText } from './codecs.ts'

export interface FormTree {
  text: string | undefined
  readonly children: Map<string, FormTree>
}

export function formTree(form: Iterable<readonly [string, string]>): FormTree {
  const root = node()
  for (const [key, value] of form) {
    let at = root
    for (const part of key.split('.').slice(0, DEEPEST)) {
      let child = at.children.get(part)
      if (!child) at.children.set(part, (child = node()))
      at = child
    }
    at.text = value
  }
  return root
}

/** No shape of AWS's nests as deep; what is deeper is no member of anything. */
const DEEPEST = 64

const node = (): FormTree => ({ text: undefined, children: new Map() })

/** @returns undefined when nothing is there. @throws when the text cannot be what the schema says */
export function readForm(schema: NormalizedSchema, tree: FormTree | undefined): unknown {
  if (!tree) return undefined
  if (schema.isStructSchema()) return readStruct(schema, tree)
  if (schema.isListSchema()) return readList(schema, tree)
  if (schema.isMapSchema()) return readMap(schema, tree)
  return tree.text === undefined ? undefined : fromText(schema, tree.text)
}

function readStruct(schema: NormalizedSchema, tree: FormTree): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, member] of schema.structIterator()) {
    const found = readForm(member, tree.children.get(member.getMergedTraits().xmlName ?? name))
    if (found !== undefined) value[name] = found
  }
  return value
}

/** An empty list comes as `Tags=`. */
function readList(schema: NormalizedSchema, tree: FormTree): unknown[] | undefined {
  const member = schema.getValueSchema()
  const items = schema.getMergedTraits().xmlFlattened ? tree : tree.children.get(member.getMergedTraits().xmlName ?? 'member')
  if (!items) return tree.text === '' ? [] : undefined
  return numbered(items).map((item) => readForm(member, item))
}

function readMap(schema: NormalizedSchema, tree: FormTree): Record<string, unknown> | undefined {
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key'
  const valueName = schema.getValueSchema().getMergedTraits().xmlName ?? 'value'
  const entries = schema.getMergedTraits().xmlFlattened ? tree : tree.children.get('entry')
  if (!entries) return undefined
  return Object.fromEntries(numbered(entries).map((entry) => [entry.children.get(keyName)?.text ?? '', readForm(schema.getValueSchema(), entry.children.get(valueName))]))
}

const numbered = ({ children }: FormTree): FormTree[] =>
  [...children]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, child]) => child)
