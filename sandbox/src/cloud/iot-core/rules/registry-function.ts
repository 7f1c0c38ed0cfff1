// sandbox/src/cloud/iot-core/rules/registry-function.ts: get_registry_data(): what the registry says of a thing, asked in a role (AWS IoT guide, «Functions»).
import type { AwsError } from '../../aws-error.ts'
import type { Json } from '../json.ts'
import type { Expression } from './sql-ast.ts'
import { sqlError } from './sql-tokens.ts'
import { toText, type SqlValue } from './sql-values.ts'

export const REGISTRY_FUNCTION = 'get_registry_data'
const API = 'DescribeThing'

/** Things as DescribeThing answers them; undefined when there is none of that name. */
export interface ThingReader {
  describe(thingName: string): Json | undefined
}

/** Asks for the rule that runs. @throws ActionFailed when the role does not let it */
export type AskRegistry = (thingName: string, roleArn: string) => Json | undefined

/** What AWS IoT refuses when a rule is made; of its two APIs this one is offered. @throws AwsError SqlParseException */
export function checkRegistryCall(args: readonly Expression[]): void {
  const [api, , role, ...more] = args
  if (role === undefined || more.length > 0) throw sqlError('Get registry data requires its last parameter to be roleArn', 0)
  if (api?.kind !== 'literal' || api.value !== API) throw sqlError(`${REGISTRY_FUNCTION}() is offered by this sandbox for '${API}' alone`, 0)
}

export const tooManyCalls = (): AwsError => sqlError(`Rule cannot contain more than 1 ${REGISTRY_FUNCTION} function calls`, 0)

/** Undefined for what is no name, for a thing that is not there, and when the role does not let it. */
export function registryData(ask: AskRegistry, thingName: SqlValue, roleArn: SqlValue): SqlValue {
  const [name, role] = [toText(thingName), toText(roleArn)]
  return name === undefined || role === undefined ? undefined : ask(name, role)
}
