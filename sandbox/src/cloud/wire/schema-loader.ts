// sandbox/src/cloud/wire/schema-loader.ts: loads the runtime schemas of one AWS SDK client package, and nothing else of that package.
import { createRequire, registerHooks } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * The whole client would cost twice the memory and start-up time. `dist-es` is written for bundlers: its relative imports have no
 * extension, so a resolver adds it while the schemas load. It is an internal path of the package; the versions are pinned.
 */
export function loadSchemas(clientPackage: string): Readonly<Record<string, unknown>> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isExtensionless = specifier.startsWith('.') && !specifier.endsWith('.js') && context.parentURL?.includes(`/${clientPackage}/dist-es/`)
      return next(isExtensionless ? `${specifier}.js` : specifier, context)
    },
  })
  try {
    return require(`@aws-sdk/${clientPackage}/dist-es/schemas/schemas_0.js`) as Record<string, unknown> // an ES module's namespace
  } finally {
    hooks.deregister()
  }
}
