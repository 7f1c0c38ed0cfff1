// sandbox/src/cloud/iot-core/rules/sql-ast.ts: a rule's SQL as it was understood.
import type { Json } from '../json.ts'

export type Operator = 'AND' | 'OR' | '=' | '<>' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%'

export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  /** `*`: the payload, in a nested query its row. */
  | { readonly kind: 'all' }
  /** A member of the payload, or of the row. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: Expression])[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'not' | 'negative'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  /** `name` in lower case. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: string }
  | { readonly kind: 'case'; readonly subject: Expression; readonly branches: readonly { readonly when: Expression; readonly then: Expression }[]; readonly otherwise: Expression | undefined }
  | { readonly kind: 'query'; readonly query: NestedQuery }

export type Column =
  /** `*` and `path.*`: all members. */
  | { readonly kind: 'spread'; readonly of: Expression }
  /** `AS a.b` makes an object in an object. */
  | { readonly kind: 'value'; readonly value: Expression; readonly path: readonly string[] }

export interface Query {
  /** `SELECT VALUE x`: the value itself, no object. */
  readonly value: Expression | undefined
  readonly columns: readonly Column[]
  readonly where: Expression | undefined
}

/** `SELECT … FROM 'topic/filter'`; a rule for basic ingest alone needs no FROM. */
export interface Statement extends Query {
  readonly from: string | undefined
}

export interface NestedQuery extends Query {
  readonly from: Expression
}
