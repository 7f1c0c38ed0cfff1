// sandbox/src/cloud/fleet-provisioning/intrinsic-functions.ts: evaluates the functions of a provisioning template (developer guide, «Intrinsic functions»).
import { isJsonObject, ownMember, type Json, type JsonObject } from './json.ts'

export interface Scope {
  /** Undefined when neither the device nor a default gives it. */
  value(parameter: string): string | undefined
  readonly mappings: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>
}

/** A function of the template cannot be evaluated with these parameters. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault'
}

/** The value with all its functions evaluated. @throws TemplateFault */
export function evaluated(value: Json, scope: Scope): Json {
  if (Array.isArray(value)) return value.map((item: Json) => evaluated(item, scope))
  if (!isJsonObject(value)) return value
  const call = callIn(value)
  if (call) return FUNCTIONS[call.name](call.argument, scope)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, evaluated(inner, scope)]))
}

/** Names of all parameters that a value refers to. */
export function referencesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => referencesIn(item))
  if (!isJsonObject(value)) return []
  const call = callIn(value)
  if (call?.name === 'Ref') return typeof call.argument === 'string' ? [call.argument] : []
  if (call?.name === 'Fn::Sub') return referencesOfSub(call.argument)
  return Object.values(value).flatMap(referencesIn)
}

type FunctionName = 'Ref' | 'Fn::Join' | 'Fn::Select' | 'Fn::Split' | 'Fn::Sub' | 'Fn::FindInMap'

/** A call is an object with one member, whose name is that of a function. */
function callIn(value: JsonObject): { readonly name: FunctionName; readonly argument: Json } | undefined {
  const [member, ...others] = Object.entries(value)
  if (!member || others.length > 0 || !Object.hasOwn(FUNCTIONS, member[0])) return undefined
  return { name: member[0] as FunctionName, argument: member[1] } // it is one of these very keys
}

const FUNCTIONS: Readonly<Record<FunctionName, (argument: Json, scope: Scope) => Json>> = {
  Ref: (name, scope) => parameter(text(name, 'Ref'), scope),
  'Fn::Join': (argument, scope) => {
    const [delimiter, items] = pair(argument, 'Fn::Join', scope)
    return list(items, 'Fn::Join').map((item) => text(item, 'Fn::Join')).join(text(delimiter, 'Fn::Join'))
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = pair(argument, 'Fn::Select', scope)
    const at = text(index, 'Fn::Select')
    const selected = list(items, 'Fn::Select')[Number(at)]
    if (selected === undefined || selected === null) throw new TemplateFault(`Fn::Select: there is no element ${at}`)
    return selected
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, source] = pair(argument, 'Fn::Split', scope)
    return text(source, 'Fn::Split').split(text(delimiter, 'Fn::Split'))
  },
  'Fn::Sub': (argument, scope) => substituted(argument, scope),
  'Fn::FindInMap': (argument, scope) => {
    const [map, key, name] = list(evaluated(argument, scope), 'Fn::FindInMap').map((part) => text(part, 'Fn::FindInMap'))
    const found = ownMember(ownMember(ownMember(scope.mappings, map ?? '') ?? {}, key ?? '') ?? {}, name ?? '')
    if (found === undefined) throw new TemplateFault(`Fn::FindInMap: there is no ${[map, key, name].join('.')}`)
    return found
  },
}

const VARIABLE = /\$\{(!?)([^{}]+)\}/g

/** `"…${Name}…"`, or the same in a list with values of its own; `${!Name}` stays as `${Name}`. */
function substituted(argument: Json, scope: Scope): string {
  const { source, own } = partsOfSub(argument)
  return source.replace(VARIABLE, (_whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`
    const value = ownMember(own, name)
    return value === undefined ? parameter(name, scope) : text(evaluated(value, scope), 'Fn::Sub')
  })
}

function referencesOfSub(argument: Json): string[] {
  const { source, own } = partsOfSub(argument)
  const named = [...source.matchAll(VARIABLE)].filter(([, literal]) => literal !== '!').map(([, , name = '']) => name)
  return [...named.filter((name) => !Object.hasOwn(own, name)), ...Object.values(own).flatMap(referencesIn)]
}

function partsOfSub(argument: Json): { readonly source: string; readonly own: JsonObject } {
  if (typeof argument === 'string') return { source: argument, own: {} }
  const [source = null, own = {}] = list(argument, 'Fn::Sub')
  if (!isJsonObject(own)) throw new TemplateFault('Fn::Sub: the second part must be an object')
  return { source: text(source, 'Fn::Sub'), own }
}

function parameter(name: string, scope: Scope): string {
  const value = scope.value(name)
  if (value === undefined) throw new TemplateFault(`The parameter ${name} has no value`)
  return value
}

function pair(argument: Json, where: FunctionName, scope: Scope): readonly [Json, Json] {
  const [first, second, ...more] = list(evaluated(argument, scope), where)
  if (first === undefined || second === undefined || more.length > 0) throw new TemplateFault(`${where} takes two values`)
  return [first, second]
}

function list(value: Json, where: FunctionName): readonly Json[] {
  if (!Array.isArray(value)) throw new TemplateFault(`${where} takes a list`)
  return value as readonly Json[] // Array.isArray loses what the items are
}

function text(value: Json, where: FunctionName): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TemplateFault(`${where} takes strings`)
}
