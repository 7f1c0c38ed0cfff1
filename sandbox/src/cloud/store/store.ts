// sandbox/src/cloud/store/store.ts: the cloud's whole state in one SQLite file; what a caller was told is there after kill -9.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { latest, type Latest } from './latest.ts'

export interface Page<T> {
  readonly items: readonly (readonly [key: string, value: T])[]
  /** Key to go on after, when there is more. */
  readonly next: string | undefined
}

/** Values by key, in the order of their keys (UTF-8 bytes). Values are JSON; what `get` answers is frozen and may be shared with others who ask. */
export interface Table<T> {
  get(key: string): T | undefined
  put(key: string, value: T): void
  /** @returns whether there was one */
  delete(key: string): boolean
  /** Up to `limit` entries whose keys begin with `prefix`, after the key `after` in the order asked for. */
  page(options: { readonly prefix?: string; readonly after?: string; readonly limit: number; readonly order?: 'ascending' | 'descending' }): Page<T>
  all(prefix?: string): readonly (readonly [key: string, value: T])[]
  count(prefix?: string): number
}

/** Bytes by key: object bodies, image layers, function bundles. */
export interface BlobTable {
  get(key: string): Uint8Array | undefined
  put(key: string, bytes: Uint8Array): void
  delete(key: string): boolean
}

export interface Store extends Disposable {
  table<T>(name: string): Table<T>
  blobs(name: string): BlobTable
  /** All writes of `work`, or none. Nested calls join the outer one. */
  transaction<T>(work: () => T): T
  /** Calls `work` once the transaction under way has been committed (not at all if it fails), or at once when there is none. A function given twice is called once. */
  afterCommit(work: () => void): void
}

/** Joins the parts of a compound key so that a prefix of parts is a prefix of the key. */
export const keyOf = (...parts: readonly (string | number)[]): string => parts.join(SEPARATOR)
export const partsOf = (key: string): string[] => key.split(SEPARATOR)
/** Prefix of all keys that begin with these parts and have more. */
export const prefixOf = (...parts: readonly (string | number)[]): string => `${keyOf(...parts)}${SEPARATOR}`
const SEPARATOR = '\u001f'
const LAST = '\u{10FFFF}'

/** The state file is not one of ours, or damaged. The caller keeps a copy and offers to start afresh. */
export class StateUnreadable extends Error {
  override readonly name = 'StateUnreadable'
}

/** Opens (or makes) the state file; `:memory:` keeps nothing. @throws StateUnreadable */
export function openStore(file: string): Store {
  const database = open(file)
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')]
  let depth = 0
  const afterwards = new Set<() => void>()
  const prepared = new Map<string, StatementSync>()
  const memories: Record<string, Latest<string, unknown>> = {} // by table, which two may have opened
  const memoryOf = (name: string) => (memories[name] ??= latest(REMEMBERED))
  const prepare = (sql: string) => {
    let statement = prepared.get(sql)
    if (!statement) prepared.set(sql, (statement = database.prepare(sql)))
    return statement
  }
  return {
    table: <T>(name: string) => jsonTable<T>(prepare, create(database, name, 'TEXT'), memoryOf(name)),
    blobs: (name) => blobTable(prepare, create(database, name, 'BLOB')),
    transaction(work) {
      if (depth > 0) return work()
      depth++
      begin.run()
      let result
      try {
        result = work()
        commit.run()
      } catch (error) {
        database.exec('ROLLBACK')
        for (const memory of Object.values(memories)) memory.clear() // may hold what was taken back
        afterwards.clear()
        throw error
      } finally {
        depth--
      }
      runAll(afterwards)
      return result
    },
    afterCommit(work) {
      if (depth > 0) afterwards.add(work)
      else work()
    },
    [Symbol.dispose]: () => database.close(),
  }
}

/** What these call may register more; that is run, too. */
function runAll(waiting: Set<() => void>): void {
  for (const work of waiting) {
    waiting.delete(work)
    work()
  }
}

/**
 * Write-ahead log with synchronous=NORMAL: a killed process loses nothing; a power cut of the laptop may lose the last moments. The log
 * is taken over into the file after 16 MB (4,000 pages), since pages that are written again and again are then written there but once.
 * The file is this process's alone: without locks each reading and writing takes a few system calls less.
 */
function open(file: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file)
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;')
    const verdict = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
    if (verdict !== 'ok') throw new Error(String(verdict))
    return database
  } catch (cause) {
    database?.close()
    throw new StateUnreadable(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function create(database: DatabaseSync, name: string, type: 'TEXT' | 'BLOB'): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`«${name}» cannot name a table`)
  database.exec(`CREATE TABLE IF NOT EXISTS "${name}" (key TEXT PRIMARY KEY, value ${type} NOT NULL) WITHOUT ROWID`)
  return `"${name}"`
}

type Prepare = (sql: string) => StatementSync

/** Values of each table that are kept as they were read last: roles, policies and functions are asked for at each request. */
const REMEMBERED = 500

function jsonTable<T>(prepare: Prepare, table: string, memory: Latest<string, unknown>): Table<T> {
  const range = 'key >= ? AND key < ?' // one bound at each end: of two, SQLite would search by the first alone
  const select = prepare(`SELECT value FROM ${table} WHERE key = ?`)
  const upsert = prepare(`INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`)
  const remove = prepare(`DELETE FROM ${table} WHERE key = ?`)
  const list = prepare(`SELECT key, value FROM ${table} WHERE ${range} ORDER BY key LIMIT ?`)
  const listBackwards = prepare(`SELECT key, value FROM ${table} WHERE ${range} ORDER BY key DESC LIMIT ?`)
  const tally = prepare(`SELECT count(*) AS n FROM ${table} WHERE ${range}`)
  const parse = (row: unknown) => reviveDates(JSON.parse((row as { value: string }).value)) as T
  const entries = (statement: StatementSync, [from, to]: Range, limit: number) => statement.all(from, to, limit).map((row) => [String(row['key']), parse(row)] as const)
  return {
    get(key) {
      if (memory.has(key)) return memory.get(key) as T | undefined
      const row = select.get(key)
      return memory.keep(key, row && frozen(parse(row)))
    },
    put(key, value) {
      memory.forget(key)
      upsert.run(key, JSON.stringify(value, keepDate))
    },
    delete(key) {
      memory.forget(key)
      return remove.run(key).changes > 0
    },
    page({ prefix = '', after, limit, order }) {
      const found = entries(order === 'descending' ? listBackwards : list, rangeOf(prefix, { after, order }), limit + 1)
      const items = found.slice(0, limit)
      return { items, next: found.length > limit ? items.at(-1)?.[0] : undefined }
    },
    all: (prefix = '') => entries(list, rangeOf(prefix), -1),
    count: (prefix = '') => Number(tally.get(...rangeOf(prefix))?.['n']),
  }
}

/** First key that belongs to it, first that does not, in the order of UTF-8 bytes. */
type Range = readonly [from: string, to: string]

function rangeOf(prefix: string, { after, order }: { readonly after?: string | undefined; readonly order?: 'ascending' | 'descending' | undefined } = {}): Range {
  const [from, to] = [prefix, prefix + LAST]
  if (after === undefined) return [from, to]
  if (order === 'descending') return [from, isBefore(after, to) ? after : to]
  return [isBefore(after, from) ? from : `${after}\0`, to]
}

const isBefore = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0

function blobTable(prepare: Prepare, table: string): BlobTable {
  return {
    get: (key) => prepare(`SELECT value FROM ${table} WHERE key = ?`).get(key)?.['value'] as Uint8Array | undefined,
    put: (key, bytes) => void prepare(`INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`).run(key, bytes),
    delete: (key) => prepare(`DELETE FROM ${table} WHERE key = ?`).run(key).changes > 0,
  }
}

/** Dates come back as Dates: `{"$date": "2026-…Z"}`. JSON.stringify has already called toJSON, so look at the holder. */
function keepDate(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key]
  return original instanceof Date ? { $date: original.toISOString() } : value
}

/** In place: a reviver of JSON.parse would be called for every value, which makes reading several times as slow. */
function reviveDates(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$date' in value) return new Date(String(value.$date))
  const holder = value as Record<string, unknown> // arrays too
  for (const key of Object.keys(holder)) if (typeof holder[key] === 'object') holder[key] = reviveDates(holder[key])
  return value
}

/** Whoever changed a value that others are given, too, is told so by an error. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}
