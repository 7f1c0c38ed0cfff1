// sandbox/src/cloud/lambda/runtime/load-handler.ts: finds the function that a handler string names in the unpacked code.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RuntimeError } from './errors.ts'

export type Handler = (event: unknown, context: unknown, callback?: unknown) => unknown

/** `folder/index.exports.handler` → `folder/index.{js,mjs,cjs}`, its `exports.handler`. @throws RuntimeError */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const [moduleName, ...path] = basename(handler).split('.')
  if (handler.includes('..') || !moduleName || path.length === 0)
    throw new RuntimeError('MalformedHandlerName', `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`)
  const folder = handler.slice(0, handler.length - basename(handler).length)
  const found = path.reduce<unknown>(member, await load(join(taskRoot, folder, moduleName), taskRoot))
  if (found === undefined || found === null) throw new RuntimeError('HandlerNotFound', `${handler} is undefined or not exported`)
  if (typeof found !== 'function') throw new RuntimeError('HandlerNotFound', `${handler} is not a function`)
  return found as Handler // checked to be a function; what it takes is its author's business
}

const member = (holder: unknown, name: string): unknown =>
  typeof holder === 'object' || typeof holder === 'function' ? (holder as Record<string, unknown> | null)?.[name] : undefined

async function load(path: string, taskRoot: string): Promise<unknown> {
  const file = ['', '.js', '.mjs', '.cjs'].map((extension) => path + extension).find((candidate) => existsSync(candidate)) ?? path
  const require = createRequire(join(taskRoot, 'noop.js'))
  try {
    return require(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ERR_REQUIRE_ASYNC_MODULE') return import(pathToFileURL(file).href) // an ES module that awaits at its top level
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', String(error))
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') throw new RuntimeError('ImportModuleError', String(error))
    throw error
  }
}
