// sandbox/src/cloud/lambda/runtime/aws-sdk-resolution.ts: lets a bundle import the AWS SDK without bringing it, as in the Lambda runtime.
import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const IN_THE_RUNTIME = /^@(?:aws-sdk|smithy)\//

/** What the bundle brings itself is preferred; else the SDK packages that this sandbox depends on are found. */
export function offerAwsSdk(beside: string): void {
  const { resolve } = createRequire(beside)
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!IN_THE_RUNTIME.test(specifier)) return nextResolve(specifier, context)
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        return fromSandbox(() => (context.conditions.includes('require') ? { url: pathToFileURL(resolve(specifier)).href, shortCircuit: true } : nextResolve(specifier, { ...context, parentURL: beside })), error)
      }
    },
  })
}

/** An SDK client that the sandbox does not have is reported as the bundle's own missing module. */
function fromSandbox<T>(resolve: () => T, asTheBundleSawIt: unknown): T {
  try {
    return resolve()
  } catch {
    throw asTheBundleSawIt
  }
}
