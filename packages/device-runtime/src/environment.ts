// packages/device-runtime/src/environment.ts: what a component is told by its environment, checked as a whole before anything is opened.
import { isAbsolute } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { SerialNumberSchema } from '@fleet/contract/serial-number-schema'
import * as z from 'zod'

const path = z.string().refine(isAbsolute, { error: 'is not an absolute path' })

/** The first three come from the nucleus and are handed on by the recipe; those with FLEET_ are the recipe's own. */
const Schema = z.object({
  AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: z.string().min(1, { error: 'is empty' }),
  SVCUID: z.string().min(1, { error: 'is empty' }),
  AWS_IOT_THING_NAME: SerialNumberSchema,
  /** The component's own folder, which outlives container and version. */
  FLEET_DATA: path,
  /** Where a unit of the host answers, for a component that asks one. */
  FLEET_HOST: path.optional(),
  /** The GPIO chip of the header, for a component that has lines. */
  FLEET_GPIO: path.optional(),
})

export interface Environment {
  readonly ipcSocket: string
  /** Proves to the nucleus which component we are. A secret: never in a log. */
  readonly ipcToken: string
  readonly thing: string
  readonly dataFolder: string
  readonly hostFolder: string | undefined
  readonly gpioPath: string | undefined
}

/** @throws FleetError SETTINGS_INVALID naming every fault */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const parsed = Schema.safeParse(env)
  const unknown = Object.keys(env).filter((name) => name.startsWith('FLEET_') && !(name in Schema.shape))
  const faults = [...wrong(parsed.error, env), ...unknown.map((name) => `${name}: there is no such setting`)]
  if (!parsed.success || faults.length > 0) {
    throw new FleetError('SETTINGS_INVALID', `the environment is wrong: ${faults.join('; ')}`, "Correct the `docker run` of the component's recipe.")
  }
  const { data } = parsed
  return {
    ipcSocket: data.AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT,
    ipcToken: data.SVCUID,
    thing: data.AWS_IOT_THING_NAME,
    dataFolder: data.FLEET_DATA,
    hostFolder: data.FLEET_HOST,
    gpioPath: data.FLEET_GPIO,
  }
}

function wrong(error: z.ZodError | undefined, env: NodeJS.ProcessEnv): string[] {
  return (error?.issues ?? []).map(({ path, message }) => {
    const name = path.join('.')
    return `${name}: ${env[name] === undefined ? 'is not set' : message}`
  })
}
