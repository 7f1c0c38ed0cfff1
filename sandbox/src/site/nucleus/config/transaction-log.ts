// sandbox/src/site/nucleus/config/transaction-log.ts: the configuration on the card: one JSON line per change, as the nucleus's config.tlog.
import { closeSync, copyFileSync, fdatasyncSync, openSync } from 'node:fs'
import type { Log } from '@fleet/log'
import { makeFolder, readText, replaceFile, writeAll } from '../durable-file.ts'
import { isObject, type JsonValue } from '../json.ts'
import type { NucleusPaths } from '../paths.ts'
import { emptyBranch, ensureBranch, findNode, removeNode, setLeaf, type Changes, type ConfigBranch, type ConfigChange, type ConfigNode } from './config-tree.ts'

/** A line of the file, with the names that the nucleus gives to its members. */
export interface TransactionLine {
  readonly TS: number
  readonly TP: readonly string[]
  readonly W: 'changed' | 'removed' | 'timestampUpdated' | 'interiorAdded'
  readonly V?: JsonValue
}

export interface TransactionLog {
  /** The changes are on the card when this returns. */
  readonly append: (changes: Changes) => void
  /** Writes the whole configuration anew, without its history. */
  readonly compact: (root: ConfigBranch) => void
  readonly close: () => void
}

const MOST_LINES = 15_000 // then the nucleus compacts

export function openTransactionLog({ transactionLog: path }: NucleusPaths, root: ConfigBranch): TransactionLog {
  let count = 0
  let file = openSync(path, 'a')
  let isClosed = false
  const compact = (now: ConfigBranch) => {
    if (isClosed) return
    closeSync(file)
    replaceFile(path, textOfLines(linesOf(now)))
    file = openSync(path, 'a')
    count = 0
  }
  return {
    append(changes) {
      const lines = changes.flatMap(lineOf)
      if (lines.length === 0 || isClosed) return
      writeAll(file, textOfLines(lines))
      fdatasyncSync(file)
      count += lines.length
      if (count > MOST_LINES) compact(root)
    },
    compact,
    close() {
      if (!isClosed) closeSync(file)
      isClosed = true // what was under way when the nucleus ended changes nothing any more
    },
  }
}

/** The configuration as it was saved; undefined when this card has none. A damaged file is put aside, and an older whole one is taken. */
export function readSavedConfig(paths: NucleusPaths, log: Log): ConfigBranch | undefined {
  makeFolder(paths.config)
  const text = readText(paths.transactionLog)
  const saved = text === undefined ? undefined : parseLines(text)
  if (saved !== undefined) return replay(saved)
  if (text !== undefined) {
    copyFileSync(paths.transactionLog, `${paths.transactionLog}.unreadable`)
    log.error('config.tlog cannot be read; a copy is kept as config.tlog.unreadable, and the configuration is taken from bootstrap.tlog', { file: paths.transactionLog })
  }
  const backup = parseLines(readText(paths.bootstrapLog) ?? '')
  return backup === undefined ? undefined : replay(backup)
}

/** What the nucleus falls back to when its log is damaged: the configuration of its first start. */
export function keepBootstrapLog({ bootstrapLog }: NucleusPaths, root: ConfigBranch): void {
  if (readText(bootstrapLog) === undefined) replaceFile(bootstrapLog, textOfLines(linesOf(root)))
}

/** Every value with its time, and every empty branch: enough to build the same tree again. */
export function linesOf(node: ConfigNode, path: readonly string[] = []): TransactionLine[] {
  if (path.at(-1)?.startsWith('_')) return [] // only in memory
  if (node.kind === 'leaf') return [{ TS: node.modifiedAt, TP: path, W: 'changed', V: node.value }]
  if (node.children.size === 0) return path.length === 0 ? [] : [{ TS: node.modifiedAt, TP: path, W: 'interiorAdded' }]
  return [...node.children.values()].flatMap((child) => linesOf(child, [...path, child.name]))
}

export const textOfLines = (lines: readonly TransactionLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

/** undefined when there is no line, or one that is none. A last line without its end was cut off with the power, before anyone counted on it. */
export function parseLines(text: string): TransactionLine[] | undefined {
  const texts = text.split('\n').slice(0, -1)
  const lines: TransactionLine[] = []
  for (const line of texts) {
    const parsed = parseLine(line)
    if (parsed === undefined) return undefined
    lines.push(parsed)
  }
  return lines.length === 0 ? undefined : lines
}

const WORDS = new Set(['changed', 'removed', 'timestampUpdated', 'interiorAdded'])

function parseLine(text: string): TransactionLine | undefined {
  try {
    const line: unknown = JSON.parse(text)
    const isLine = isObject(line) && typeof line.TS === 'number' && Array.isArray(line.TP) && typeof line.W === 'string' && WORDS.has(line.W)
    return isLine ? (line as unknown as TransactionLine) : undefined // checked member by member
  } catch {
    return undefined
  }
}

export function replay(lines: readonly TransactionLine[]): ConfigBranch {
  const root = emptyBranch('')
  for (const { TS: at, TP: path, W: what, V: value = null } of lines) {
    const unheard: Changes = []
    if (what === 'changed') setLeaf(root, path, { value, at, force: true }, unheard)
    if (what === 'removed') removeNode(root, path, at, unheard)
    if (what === 'interiorAdded') ensureBranch(root, path, at, unheard)
    if (what === 'timestampUpdated') touch(findNode(root, path), at)
  }
  return root
}

function touch(node: ConfigNode | undefined, at: number): void {
  if (node !== undefined && at > node.modifiedAt) node.modifiedAt = at
}

function lineOf({ what, path, at, value }: ConfigChange): TransactionLine[] {
  if (what === 'created' || path.some((name) => name.startsWith('_'))) return []
  return [{ TS: at, TP: path, W: what, ...(what === 'changed' && { V: value ?? null }) }]
}
