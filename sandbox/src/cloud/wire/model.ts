// sandbox/src/cloud/wire/model.ts: one AWS service's model: operations, shapes and errors, read from the schemas of its SDK package.
import { NormalizedSchema } from '@smithy/core/schema'
import { loadSchemas } from './schema-loader.ts'

export type ProtocolName = 'rest-json' | 'rest-xml' | 'rest-xml-service' | 'json-1.0' | 'json-1.1' | 'query'

/** One line of the table of models. */
export interface ModelDefinition {
  readonly protocol: ProtocolName
  /** Names in the credential scope of signatures; more than one model may share one, then the path decides. */
  readonly signingNames: readonly string[]
  /** Prefix of IAM actions: `iot:CreateThing`. */
  readonly iamPrefix: string
  /** Code for an input that breaks the model's constraints. */
  readonly invalid: string
  /** Prefix of X-Amz-Target (JSON protocols). */
  readonly target?: string
  /** `Version=` of query requests. */
  readonly version?: string
  readonly xmlNamespace?: string
  /** Largest request body in bytes; otherwise DEFAULT_BODY_LIMIT. */
  readonly bodyLimit?: number
  /** Signatures may be scoped to another region than the account's. */
  readonly isGlobal?: boolean
  /** Code for a caller whose policies do not allow it, where it is not AccessDenied(Exception). */
  readonly denied?: string
}

export interface ServiceModel extends ModelDefinition {
  /** `iot`: the SDK's client package without `client-`. */
  readonly name: string
  readonly operations: ReadonlyMap<string, OperationModel>
  /** By the shape's name, or by its code in the query protocol. */
  errorShape(code: string): ErrorShape | undefined
}

export interface OperationModel {
  readonly name: string
  readonly input: NormalizedSchema
  readonly output: NormalizedSchema
  /** Method, URI pattern and success status of REST protocols. */
  readonly http: { readonly method: string; readonly uri: string; readonly status: number } | undefined
  /** The operation has an endpoint of its own (`stream-` prefix), which this gateway does not have. */
  readonly hasOwnHost: boolean
}

export interface ErrorShape {
  readonly name: string
  readonly schema: NormalizedSchema
  readonly fault: 'client' | 'server'
  readonly status: number | undefined
  /** Code and status in the query protocol. */
  readonly queryError: { readonly code: string; readonly status: number } | undefined
}

export function readModel(name: string, definition: ModelDefinition): ServiceModel {
  const schemas = Object.values(loadSchemas(`client-${name}`)).filter(isNamedSchema)
  const operations = schemas.filter((schema): schema is OperationSchema => schema[0] === OPERATION).map(readOperation)
  const errors = schemas.filter(([kind]) => kind === ERROR).map(readError)
  const errorsByCode = new Map([
    ...errors.flatMap((error) => (error.queryError ? [[error.queryError.code, error] as const] : [])),
    ...errors.map((error) => [error.name, error] as const),
  ])
  return {
    ...definition,
    name,
    operations: new Map(operations.map((operation) => [operation.name, operation])),
    errorShape: (code) => errorsByCode.get(code),
  }
}

/** How many of a structure's members, counted from the first, are required: the seventh element of its schema. */
export function requiredCount(schema: NormalizedSchema): number {
  const raw: unknown = schema.getSchema()
  const count: unknown = Array.isArray(raw) ? raw[6] : undefined
  return typeof count === 'number' ? count : 0
}

export type SchemaRef = Parameters<typeof NormalizedSchema.of>[0]

/** Kinds of schemas, by their first element. */
const OPERATION = 9
const ERROR = -3
type NamedSchema = readonly [kind: number, namespace: string, name: string, traits: unknown, ...rest: readonly unknown[]]
type OperationSchema = readonly [kind: 9, namespace: string, name: string, traits: unknown, input: () => SchemaRef, output: () => SchemaRef]

const isNamedSchema = (value: unknown): value is NamedSchema => Array.isArray(value) && typeof value[0] === 'number' && typeof value[2] === 'string'

function readOperation([, , name, rawTraits, input, output]: OperationSchema): OperationModel {
  const traits = traitsOf(rawTraits)
  const http = traits['http'] as [string, string, number] | undefined // the shape of this trait in every schema of the SDK
  return {
    name,
    input: NormalizedSchema.of(input()),
    output: NormalizedSchema.of(output()),
    http: http && { method: http[0], uri: http[1], status: http[2] },
    hasOwnHost: traits['endpoint'] !== undefined,
  }
}

function readError(raw: NamedSchema): ErrorShape {
  const traits = traitsOf(raw[3])
  const query = traits['awsQueryError'] as [string, number] | undefined // likewise
  return {
    name: raw[2],
    schema: NormalizedSchema.of(raw as unknown as SchemaRef), // a schema as the SDK's own types describe it
    fault: traits['error'] === 'server' ? 'server' : 'client',
    status: typeof traits['httpError'] === 'number' ? traits['httpError'] : undefined,
    queryError: query && { code: query[0], status: query[1] },
  }
}

/** Operations and errors have their traits as an object, or `0` for none. */
const traitsOf = (raw: unknown): Readonly<Record<string, unknown>> => (typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {})
