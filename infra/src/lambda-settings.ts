// infra/src/lambda-settings.ts: a handler's environment, checked once per container. Without a schema library: it would be most of the bundle.
import { FleetError } from '@fleet/contract/errors'

/** The values of these variables. @throws FleetError SETTINGS_INVALID naming all that are missing */
export function lambdaSettings<Name extends string>(names: readonly Name[], env: NodeJS.ProcessEnv = process.env): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (env[name] ?? '') === '')
  if (missing.length > 0) {
    throw new FleetError('SETTINGS_INVALID', `the function lacks ${missing.join(', ')}`, 'Set them in the environment of the function; the Pulumi program does (infra/src).')
  }
  return Object.fromEntries(names.map((name) => [name, env[name]])) as Record<Name, string> // every name was just seen to be set
}
