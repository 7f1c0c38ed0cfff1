// ops/src/console/pools.ts: the console of a stage as the outputs of its stack tell it.
import { FleetError } from '@fleet/contract/errors'
import { stageFile } from '@fleet/contract/stage'
import { chosenEngine } from '../deploy/choose-engine.ts'
import type { Outputs } from '../stack/stack-engine.ts'
import type { Target } from '../target/target.ts'
import type { ConsolePools } from './people.ts'

export interface ConsoleOutputs extends ConsolePools {
  /** `https://d….cloudfront.net` */
  readonly url: string
}

/** Undefined: the stage has none. */
export function poolsIn(outputs: Outputs = {}): ConsoleOutputs | undefined {
  const text = (name: string) => (typeof outputs[name] === 'string' ? outputs[name] : '')
  const url = text('consoleUrl')
  return url === '' ? undefined : { url, userPoolId: text('consoleUserPool'), userPoolClientId: text('consoleUserPoolClient'), identityPoolId: text('consoleIdentityPool') }
}

/** @throws FleetError CONSOLE_MISSING */
export async function poolsOf(target: Target, environment: Readonly<Record<string, string | undefined>>): Promise<ConsoleOutputs> {
  const { stage } = target.stage
  const pools = poolsIn(await chosenEngine(target, environment).outputs(stage))
  if (!pools) throw new FleetError('CONSOLE_MISSING', `stage ${stage} has no console`, `Set fleetwright:console to "true" in ${stageFile(stage)} if it is "false", then run \`fleet deploy --stage ${stage}\`.`)
  return pools
}
