// sandbox/src/cloud/log.ts: what this cloud needs of the process log that it is given: an event phrase with fields.

export type CloudLog = Readonly<Record<'debug' | 'info' | 'warn' | 'error', (event: string, fields?: Readonly<Record<string, unknown>>) => void>>
