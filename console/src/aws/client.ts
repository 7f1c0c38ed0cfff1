// console/src/aws/client.ts: clients and commands of the same names as the SDK's, so that the page and what it shares with `fleet` are written once.
import { call, type Configuration, type Service, type Wire } from './call.ts'
import { withDates, written } from './json.ts'

type Input = Readonly<Record<string, unknown>>

export interface Operation {
  readonly name: string
  readonly wire: (input: Input) => Wire
  readonly read: (answer: Response) => Promise<unknown>
}

export interface Command {
  readonly operation: Operation
  readonly input: Input
}

export const clientOf = (service: Service) =>
  class {
    readonly configuration: Configuration
    constructor(configuration: Configuration) {
      this.configuration = configuration
    }
    /** What AWS refuses comes as an Error whose name is AWS's code. */
    async send({ operation, input }: Command, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}): Promise<unknown> {
      return operation.read(await call(service, this.configuration, operation.wire(input), abortSignal))
    }
  }

export const commandOf = (operation: Operation) =>
  class implements Command {
    readonly operation = operation
    readonly input: Input
    constructor(input: Input = {}) {
      this.input = input
    }
  }

/** Recognized by its name: of whichever service it is. */
export const errorNamed = (name: string) =>
  Object.defineProperty(class extends Error {}, Symbol.hasInstance, { value: (error: unknown) => error instanceof Error && error.name === name })

interface Sender {
  send(command: Command): Promise<unknown>
}

export const pagesOf = (operation: Operation, sizeAs: string) =>
  async function* ({ client, pageSize }: { readonly client: Sender; readonly pageSize?: number }, input: Input): AsyncGenerator {
    let nextToken: unknown
    do {
      const page = (await client.send({ operation, input: { ...input, ...(pageSize !== undefined && { [sizeAs]: pageSize }), nextToken } })) as { readonly nextToken?: string } // of a list
      yield page
      nextToken = page.nextToken
    } while (nextToken !== undefined)
  }

/** Of a path or query: text, number or boolean (the SDK's types say so). */
const worded = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const readJson = async (answer: Response): Promise<unknown> => {
  const text = await answer.text()
  return text === '' ? {} : withDates(JSON.parse(text))
}

/** REST: `{name}` of the path is taken from the input, `query` too, the rest is the body. */
export function rest(name: string, line: string, query: readonly string[] = []): Operation {
  const [method = '', template = ''] = line.split(' ')
  return {
    name,
    read: readJson,
    wire(input) {
      const left = { ...input }
      const take = (key: string) => {
        const value = left[key]
        Reflect.deleteProperty(left, key)
        return value
      }
      const path = template.replaceAll(/\{(\w+)\}/g, (_all, key: string) => encodeURIComponent(worded(take(key))))
      const asked = new URLSearchParams(query.flatMap((key) => {
        const value = take(key)
        return value === undefined ? [] : [[key, worded(value)]]
      })).toString()
      const hasBody = method !== 'GET' && Object.keys(left).length > 0
      return { method, path: asked === '' ? path : `${path}?${asked}`, ...(hasBody && { body: written(left), headers: { 'content-type': 'application/json' } }) }
    },
  }
}

/** AWS's JSON protocols. */
export const json = (target: string, version: '1.0' | '1.1' = '1.1') => (name: string): Operation => ({ name, read: readJson, wire: (input) => ({ method: 'POST', path: '/', body: written(input), headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${name}` } }) })
