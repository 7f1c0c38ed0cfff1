// packages/device-runtime/src/settings.ts: a component's settings from its configuration in the nucleus, and work that follows their changes.
import { isDeepStrictEqual } from 'node:util'
import { FleetError } from '@fleet/contract/errors'
import type { Log } from '@fleet/log'
import type * as z from 'zod'
import type { Configuration } from './bus/bus.ts'
import { untilFirst } from './task-group.ts'

export interface SettingsSource<Settings> {
  readonly configuration: Configuration
  readonly schema: z.ZodType<Settings>
  readonly log: Log
}

type Work<Settings> = (settings: Settings, signal: AbortSignal) => Promise<void>

/**
 * Runs `work` with the settings, and again with the new ones whenever a deployment changes them: a changed configuration alone does not
 * restart a component. Changes that the schema refuses are logged and not taken. Ends when `work` does, or with the signal.
 */
export async function withSettings<Settings>(source: SettingsSource<Settings>, work: Work<Settings>, signal: AbortSignal): Promise<void> {
  let settings: Settings | undefined = await readSettings(source, signal)
  while (settings !== undefined) {
    settings = await workWith(settings, { source, work }, signal)
    if (settings !== undefined) source.log.info('settings changed')
  }
}

interface Working<Settings> {
  readonly source: SettingsSource<Settings>
  readonly work: Work<Settings>
}

/** Answers the settings that ended the work, undefined when it ended by itself. */
async function workWith<Settings>(settings: Settings, { source, work }: Working<Settings>, signal: AbortSignal): Promise<Settings | undefined> {
  const next: { settings?: Settings | undefined } = {}
  const watch = async (own: AbortSignal) => void (next.settings = await differentSettings(source, settings, own))
  await untilFirst(signal, (own) => work(settings, own), watch)
  return next.settings
}

/** @throws FleetError SETTINGS_INVALID naming every fault */
async function readSettings<Settings>({ configuration, schema }: SettingsSource<Settings>, signal: AbortSignal): Promise<Settings> {
  const { accessControl: _, ...ours } = await configuration.read(signal) // the nucleus's own part of each configuration
  const parsed = schema.safeParse(ours)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '))
  const remedy = "Correct it in the stage's deployment; the component's recipe lists what there is."
  throw new FleetError('SETTINGS_INVALID', `the component's configuration is wrong: ${faults.join('; ')}`, remedy)
}

async function differentSettings<Settings>(source: SettingsSource<Settings>, current: Settings, signal: AbortSignal): Promise<Settings | undefined> {
  for await (const _ of source.configuration.updates(signal)) {
    try {
      const settings = await readSettings(source, signal)
      if (!isDeepStrictEqual(settings, current)) return settings
    } catch (error) {
      signal.throwIfAborted()
      source.log.error('settings not taken', { error })
    }
  }
  return undefined
}
