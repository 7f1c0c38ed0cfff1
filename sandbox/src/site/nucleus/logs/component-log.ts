// sandbox/src/site/nucleus/logs/component-log.ts: what a component's processes print, in a file of its own.
import type { Level } from '@fleet/log'
import { openLogFile, type LogFile } from './log-file.ts'
import { textLine } from './nucleus-log.ts'

export interface ComponentLogs {
  /** A line of standard output (info) or standard error (warn), or what the nucleus says of the component's steps. */
  readonly write: (component: string, entry: { readonly level: Level; readonly event: string; readonly fields: Readonly<Record<string, unknown>> }) => void
  readonly close: () => void
}

export function componentLogs(folder: string, now: () => Date): ComponentLogs {
  const files = new Map<string, LogFile>()
  const fileOf = (component: string) => {
    const file = files.get(component) ?? openLogFile(folder, component, now)
    files.set(component, file)
    return file
  }
  return {
    write: (component, { level, event, fields }) => fileOf(component).write(textLine({ at: now(), level, source: component, event, fields: { ...fields, serviceName: component } })),
    close() {
      for (const file of files.values()) file.close()
    },
  }
}
