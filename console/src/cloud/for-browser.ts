// console/src/cloud/for-browser.ts: makes an SDK client send what AWS's front ends let a page send.
type Handler = (step: { readonly request: unknown }) => Promise<unknown>

interface Stacked {
  readonly middlewareStack: { addRelativeTo(middleware: (next: Handler) => Handler, options: { readonly relation: 'before'; readonly toMiddleware: string; readonly name: string }): void }
}

/** Greengrass answers a preflight that names these with a refusal (aws-sdk-js-v3, issue 3787); they only count retries. */
const NOT_LET_IN = ['amz-sdk-invocation-id', 'amz-sdk-request']

export function forBrowser<Client>(client: Client): Client {
  const { middlewareStack } = client as unknown as Stacked // the SDK's own type names the types of each client's commands
  middlewareStack.addRelativeTo(
    (next) => async (step) => {
      const { headers } = step.request as { headers: Record<string, string> } // of an HTTP request, in this step
      for (const name of NOT_LET_IN) Reflect.deleteProperty(headers, name)
      return next(step)
    },
    { relation: 'before', toMiddleware: 'httpSigningMiddleware', name: 'withoutRetryHeaders' },
  )
  return client
}
