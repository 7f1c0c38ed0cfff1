// ops/src/stack/resource-types.test.ts: the table of types against the SDK's own declarations: which properties are documents, which are maps.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { KNOWN_TYPES, resourceType } from './resource-types.ts'

const SDK = dirname(createRequire(import.meta.url).resolve('@pulumi/aws-native/package.json'))
const parse = (file: string) => ts.createSourceFile(file, readFileSync(join(SDK, file), 'utf8'), ts.ScriptTarget.ES2022)
const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

/** Interfaces of `types/input.d.ts` by `<namespace>.<name>`; those of all modules stand without namespace. */
const shared = new Map<string, ts.InterfaceDeclaration>()
for (const statement of parse('types/input.d.ts').statements) {
  if (ts.isInterfaceDeclaration(statement)) shared.set(statement.name.text, statement)
  if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
    for (const inner of statement.body.statements) if (ts.isInterfaceDeclaration(inner)) shared.set(`${statement.name.text}.${inner.name.text}`, inner)
  }
}

interface Found {
  readonly documents: string[]
  readonly maps: string[]
}

/** Walks the arguments of a resource class; `seen` ends recursive types. */
function walk(node: ts.InterfaceDeclaration, path: string, found: Found, seen: readonly ts.Node[]): Found {
  if (seen.includes(node)) return found
  for (const member of node.members) {
    if (ts.isPropertySignature(member) && member.type) visit(member.type, [path, (member.name as ts.Identifier).text].filter((step) => step !== '').join('.'), found, [...seen, node])
  }
  return found
}

function visit(type: ts.TypeNode, path: string, found: Found, seen: readonly ts.Node[]): void {
  if (type.kind === ts.SyntaxKind.AnyKeyword) {
    if (!found.documents.includes(path)) found.documents.push(path)
    return
  }
  // `KeySchema[] | any`: a list of known members, or JSON: the provider takes the first that fits, as we write it (DynamoDB tables).
  if (ts.isUnionTypeNode(type)) return type.types.filter((each) => each.kind !== ts.SyntaxKind.AnyKeyword || !type.types.some(ts.isArrayTypeNode)).forEach((each) => visit(each, path, found, seen))
  // A list of documents is as free as a document: both are passed whole.
  if (ts.isArrayTypeNode(type)) return visit(type.elementType, type.elementType.kind === ts.SyntaxKind.AnyKeyword ? path : `${path}.*`, found, seen)
  if (ts.isTypeLiteralNode(type)) {
    found.maps.push(path)
    for (const member of type.members) if (ts.isIndexSignatureDeclaration(member)) visit(member.type, `${path}.*`, found, seen)
    return
  }
  if (!ts.isTypeReferenceNode(type)) return
  const name = textOf(type.typeName)
  if (name === 'pulumi.Input') type.typeArguments?.forEach((each) => visit(each, path, found, seen))
  const declared = name.startsWith('inputs.') ? shared.get(name.slice('inputs.'.length)) : undefined
  if (declared) walk(declared, path, found, seen)
}

const textOf = (name: ts.EntityName): string => (ts.isIdentifier(name) ? name.text : `${textOf(name.left)}.${name.right.text}`)

test.each(KNOWN_TYPES)('%s: documents and maps are those of the SDK', (token) => {
  const [, module = '', name = ''] = token.split(':')
  const source = ts.createSourceFile('x.d.ts', readFileSync(join(SDK, module, `${lowerFirst(name)}.d.ts`), 'utf8'), ts.ScriptTarget.ES2022)
  const args = source.statements.find((statement): statement is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(statement) && statement.name.text === `${name}Args`)!
  const found = walk(args, '', { documents: [], maps: [] }, [])
  const { documents = [], maps = [], cloudFormation } = resourceType(token)!
  expect({ documents: [...documents].sort(), maps: [...maps].sort() }).toEqual({ documents: found.documents.sort(), maps: found.maps.sort() })
  expect(cloudFormation.split('::').at(-1)).toBe(name)
})
