// ops/src/stack/lean-sdk.ts: lets Pulumi's SDK load without what it needs only to turn functions into Lambdas, which is two thirds of its loading time.
import { registerHooks } from 'node:module'

/** Required by `@pulumi/pulumi/runtime/closure/*` as soon as the SDK is loaded, used only by `runtime.serializeFunction` and `computeCodePaths`. */
const UNUSED: readonly string[] = ['@npmcli/arborist', 'typescript']

const OWNER = '/@pulumi/pulumi/'
const STAND_IN = new URL('not-loaded.cjs', import.meta.url).href

/** For the process in which the program runs; a program that serializes a function is told to use the Pulumi CLI. */
export function loadLeanSdk(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      UNUSED.includes(specifier) && context.parentURL?.includes(OWNER) === true ? { url: STAND_IN, format: 'commonjs', shortCircuit: true } : next(specifier, context),
  })
}
