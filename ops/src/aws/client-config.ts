// ops/src/aws/client-config.ts: how SDK clients of a target are set up: endpoint, credentials, bounded retries, and errors that know their operation.
import type { Target } from '../target/target.ts'

/** The SDK backs off exponentially with jitter between attempts: the last of eight comes after about a minute. */
const MOST_ATTEMPTS = 8
/** A twin on this machine answers or is not there: no patience for what will not come. */
const MOST_LOCAL_ATTEMPTS = 4

/** For the constructor of any client of the AWS SDK. */
export const clientConfig = ({ endpoint, stage, credentials, kind }: Target) => ({
  region: stage.region,
  maxAttempts: kind === 'aws' ? MOST_ATTEMPTS : MOST_LOCAL_ATTEMPTS,
  ...(endpoint !== undefined && { endpoint }),
  ...(credentials !== undefined && { credentials }),
})

/** For the S3 client: another endpoint has no host for each bucket. */
export const s3Config = (target: Target) => ({ ...clientConfig(target), ...(target.endpoint !== undefined && { forcePathStyle: true }) })

interface Stack {
  add(middleware: (next: (args: never) => Promise<unknown>, context: { readonly commandName?: string }) => (args: never) => Promise<unknown>, options: { step: 'initialize'; name: string; override: boolean }): void
}

const OPERATION = Symbol('operation')

/** Makes the errors of this client say which operation failed: an operator who lacks a permission must know which. */
export function named<Client extends object>(client: Client): Client {
  // Every SDK client has this stack; its own type is generic over all of the client's inputs and outputs.
  const { middlewareStack } = client as unknown as { readonly middlewareStack: Stack }
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          return await next(args)
        } catch (error) {
          if (error instanceof Error) Object.defineProperty(error, OPERATION, { value: commandName.replace(/Command$/, ''), enumerable: false, configurable: true })
          throw error
        }
      },
    { step: 'initialize', name: 'fleetNamesErrors', override: true },
  )
  return client
}

/** `ListThings`; empty when the error comes from elsewhere. */
export const operationOf = (error: Error): string => (OPERATION in error && typeof error[OPERATION] === 'string' ? error[OPERATION] : '')
