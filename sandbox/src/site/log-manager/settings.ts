// sandbox/src/site/log-manager/settings.ts: reads the configuration of aws.greengrass.LogManager (Greengrass guide, «Log manager»).
import { z } from 'zod'

export const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const
export type LogLevel = (typeof LEVELS)[number]

/** Whose files go where. */
export interface LogSource {
  /** Component name, or `System`. */
  readonly name: string
  readonly kind: 'UserComponent' | 'GreengrassSystemComponent'
  readonly file: RegExp
  /** undefined: the nucleus's own. */
  readonly folder: string | undefined
  readonly least: LogLevel
  /** A line that begins a new event; others belong to the one before. */
  readonly start: RegExp
}

export interface LogManagerSettings {
  readonly intervalMs: number
  readonly sources: readonly LogSource[]
}

const flag = z.union([z.boolean(), z.string()]).transform((value) => String(value).toLowerCase() === 'true')
const common = { minimumLogLevel: z.enum(LEVELS).optional(), multiLineStartPattern: z.string().optional() }
const Component = z.looseObject({ ...common, componentName: z.string().optional(), logFileRegex: z.string().optional(), logFileDirectoryPath: z.string().optional() })
const Configuration = z.looseObject({
  periodicUploadIntervalSec: z.coerce.number().positive().default(300),
  logsUploaderConfiguration: z
    .looseObject({
      systemLogsConfiguration: z.looseObject({ ...common, uploadToCloudWatch: flag.default(false) }).optional(),
      componentLogsConfigurationMap: z.record(z.string(), Component).optional(),
      componentLogsConfiguration: z.array(Component).optional(),
    })
    .default({}),
})

// A line that begins with a date, or with a JSON object, is a new event; the lines of a stack below it belong to it.
const DEFAULT_START = /^[[(]?\d{4}-\d\d-\d\d|^\{/

/** @throws ZodError */
export function readSettings(configuration: unknown): LogManagerSettings {
  const { periodicUploadIntervalSec, logsUploaderConfiguration: uploads } = Configuration.parse(configuration)
  const named = Object.entries(uploads.componentLogsConfigurationMap ?? {}).map(([componentName, component]) => ({ ...component, componentName }))
  const components = [...(uploads.componentLogsConfiguration ?? []), ...named].flatMap(({ componentName: name, ...component }): LogSource[] => {
    if (name === undefined) return []
    const file = component.logFileRegex === undefined ? defaultFile(name) : new RegExp(component.logFileRegex)
    return [{ name, kind: 'UserComponent', file, folder: component.logFileDirectoryPath, ...readCommon(component) }]
  })
  const system = uploads.systemLogsConfiguration
  const systemSource: LogSource[] = system?.uploadToCloudWatch === true ? [{ name: 'System', kind: 'GreengrassSystemComponent', file: defaultFile('greengrass'), folder: undefined, ...readCommon(system) }] : []
  return { intervalMs: periodicUploadIntervalSec * 1000, sources: [...components, ...systemSource] }
}

function readCommon({ minimumLogLevel, multiLineStartPattern }: { minimumLogLevel?: LogLevel | undefined; multiLineStartPattern?: string | undefined }): Pick<LogSource, 'least' | 'start'> {
  return { least: minimumLogLevel ?? 'INFO', start: multiLineStartPattern === undefined ? DEFAULT_START : new RegExp(multiLineStartPattern) }
}

/** The active file and the full ones: `name.log`, `name_2026_11_21_03_0.log`. */
const defaultFile = (name: string) => new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\w*\\.log$`)
