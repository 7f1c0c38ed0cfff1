// sandbox/src/site/nucleus/config/config-store.ts: the nucleus's configuration: every change is durable before anyone hears of it.
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Log } from '@fleet/log'
import { parse as parseYaml, stringify as yamlText } from 'yaml'
import { replaceFile } from '../durable-file.ts'
import { isJsonObject, textOf, type JsonObject, type JsonValue } from '../json.ts'
import type { NucleusPaths } from '../paths.ts'
import { emptyBranch, findNode, mergeMap, plain, removeNode, setLeaf, type Changes, type ConfigBranch, type ConfigChange, type ConfigNode, type ConfigPath } from './config-tree.ts'
import { merging, type MergeBehaviour } from './merge-behaviour.ts'
import { discardUnlisted } from './rollback.ts'
import { keepBootstrapLog, linesOf, openTransactionLog, readSavedConfig, type TransactionLine } from './transaction-log.ts'

export interface ConfigStore {
  readonly find: (...path: ConfigPath) => ConfigNode | undefined
  /** The value of a leaf; undefined when there is none. */
  readonly value: (...path: ConfigPath) => JsonValue | undefined
  /** A branch as a plain object, sorted; empty when there is none. */
  readonly plain: (...path: ConfigPath) => JsonObject
  readonly set: (path: ConfigPath, value: JsonValue, at?: number) => void
  /** Sets what a default is: it never overwrites, and any set value is later. */
  readonly setDefault: (path: ConfigPath, value: JsonValue) => void
  readonly merge: (path: ConfigPath, map: JsonObject, behaviour: MergeBehaviour) => void
  readonly remove: (path: ConfigPath) => void
  /** Hears of changes at `path`, below it and of its removal, until the function it answers is called. */
  readonly onChange: (path: ConfigPath, listener: (change: ConfigChange) => void) => () => void
  readonly snapshot: () => TransactionLine[]
  /** Takes every value back to what it was, later ones too; removes what was not there where `behaviour` says replace. */
  readonly rollBack: (snapshot: readonly TransactionLine[], behaviour: MergeBehaviour) => void
  /** config/effectiveConfig.yaml, for people and scripts; nothing reads it back. */
  readonly writeEffectiveConfig: () => void
  readonly close: () => void
}

export interface ConfigStoreOptions {
  readonly paths: NucleusPaths
  readonly log: Log
  readonly now: () => Date
  /** A YAML file that is merged over what is saved, with the time of the file, until the device has a name. */
  readonly initConfig?: string | undefined
}

const DEFAULT_AT = 1 // «the dawn of time» of the nucleus: before everything that is set

export async function openConfigStore({ paths, log, now, initConfig }: ConfigStoreOptions): Promise<ConfigStore> {
  const root = readSavedConfig(paths, log) ?? emptyBranch('')
  if (initConfig !== undefined && !hasThingName(root)) await mergeInitConfig(root, initConfig)
  const transactions = openTransactionLog(paths, root)
  keepBootstrapLog(paths, root)
  transactions.compact(root)
  const listeners = new Set<{ readonly path: ConfigPath; readonly listener: (change: ConfigChange) => void }>()

  function change<T>(mutate: (changes: Changes) => T): T {
    const changes: Changes = []
    const result = mutate(changes)
    transactions.append(changes)
    for (const each of changes) for (const { path, listener } of [...listeners]) if (isBelow(each.path, path)) listener(each)
    return result
  }
  const find = (...path: ConfigPath) => findNode(root, path)
  const branch = (...path: ConfigPath) => {
    const node = find(...path)
    return node?.kind === 'branch' ? node : undefined
  }
  const writeEffectiveConfig = () => {
    const effective = { services: plain(branch('services') ?? emptyBranch('services')), system: plain(branch('system') ?? emptyBranch('system')) }
    replaceFile(paths.effectiveConfig, `---\n${yamlText(effective, { sortMapEntries: true, lineWidth: 0 })}`)
  }
  return {
    find,
    value(...path) {
      const node = find(...path)
      return node?.kind === 'leaf' ? node.value : undefined
    },
    plain: (...path) => plain(branch(...path) ?? emptyBranch('')),
    set: (path, value, at = now().getTime()) => change((changes) => setLeaf(root, path, { value, at }, changes)),
    setDefault(path, value) {
      if (find(...path) === undefined) change((changes) => setLeaf(root, path, { value, at: DEFAULT_AT }, changes))
    },
    merge: (path, map, behaviour) => change((changes) => mergeMap(root, path, { map, behaviour }, changes)),
    remove: (path) => change((changes) => removeNode(root, path, now().getTime(), changes)),
    onChange(path, listener) {
      const entry = { path, listener }
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    snapshot: () => linesOf(root),
    rollBack(snapshot, behaviour) {
      change((changes) => {
        for (const { TS: at, TP: path, W: what, V: value = null } of snapshot) if (what === 'changed') restoreLeaf(root, path, { value, at }, changes)
        discardUnlisted(root, snapshot, behaviour, changes)
      })
      transactions.compact(root) // a restart must not find the later values again
    },
    writeEffectiveConfig,
    close() {
      transactions.close()
      writeEffectiveConfig()
    },
  }
}

function hasThingName(root: ConfigBranch): boolean {
  const thingName = findNode(root, ['system', 'thingName'])
  return thingName?.kind === 'leaf' && textOf(thingName.value) !== ''
}

async function mergeInitConfig(root: ConfigBranch, path: string): Promise<void> {
  const config = parseYaml(await readFile(path, 'utf8')) as JsonValue // a YAML file has no other values that the nucleus knows
  if (!isJsonObject(config)) throw new Error(`${path} is no nucleus configuration: it has no mapping at its top`)
  const at = Math.floor(statSync(path).mtimeMs)
  mergeMap(root, [], { map: config, behaviour: merging(at) }, [])
}

/** A leaf where a container is now takes its place back. */
function restoreLeaf(root: ConfigBranch, path: ConfigPath, { value, at }: { value: JsonValue; at: number }, changes: Changes): void {
  for (let depth = 1; depth <= path.length; depth++) {
    const node = findNode(root, path.slice(0, depth))
    const isWrong = depth === path.length ? node?.kind === 'branch' : node?.kind === 'leaf'
    if (isWrong) removeNode(root, path.slice(0, depth), at, changes)
  }
  setLeaf(root, path, { value, at, force: true }, changes)
}

const isBelow = (path: ConfigPath, above: ConfigPath) => above.length <= path.length && above.every((name, index) => name.toLowerCase() === path[index]?.toLowerCase())
