// sandbox/src/opening/state-folder.ts: the folder that a sandbox keeps its state in: whose it is, and that only one sandbox uses it.
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { replaceFile } from '@fleet/ops/stack/durable-file'
import { lock } from '@fleet/ops/stack/lock'
import * as z from 'zod'

export interface StateFolder extends Disposable {
  readonly path: string
  /** Something was there before. */
  readonly isWarm: boolean
  /** Of this folder, absolute. */
  file(...names: readonly string[]): string
}

export interface StateFolderOptions {
  readonly path: string
  /** Removes what is there. */
  readonly isFresh: boolean
  readonly region: string
}

/** Says that a folder is a sandbox's, and of which cloud; it is there before anything else and `--fresh` removes nothing without it. */
const MARKER = 'sandbox.json'
const Marker = z.object({ formatVersion: z.literal(1), region: z.string() })
const LOCK = 'lock'

/** Copies of damaged files, made by whoever found them so (sandbox/src/cloud/corrupt-state.ts). */
const CORRUPT = '.corrupt-'

/** Takes the folder for this process, until it is disposed of. @throws FleetError SANDBOX_FOLDER_FOREIGN, SANDBOX_LOCKED, SANDBOX_STATE_UNREADABLE */
export function openStateFolder({ path: given, isFresh, region }: StateFolderOptions): StateFolder {
  const path = resolve(given)
  const isWarm = !isEmpty(path)
  if (isWarm && !existsSync(join(path, MARKER))) throw foreign(path)
  makeFolder(path)
  if (!isWarm) replaceFile(join(path, MARKER), markerText(region))
  const held = locked(path)
  try {
    if (isFresh) empty(path, region)
    else checkMarker(path, region)
  } catch (error) {
    held[Symbol.dispose]()
    throw error
  }
  return { path, isWarm: isWarm && !isFresh, file: (...names) => join(path, ...names), [Symbol.dispose]: () => held[Symbol.dispose]() }
}

const markerText = (region: string) => `${JSON.stringify({ formatVersion: 1, region } satisfies z.infer<typeof Marker>, null, 2)}\n`

function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true
    throw unusable(path, error)
  }
}

/** One after another: in /proc, Node's own `recursive` tries for ever. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!existsSync(path)) throw unusable(path, error)
  }
}

const unusable = (path: string, cause: unknown) => new FleetError('SANDBOX_FOLDER_FOREIGN', `${path} cannot be used as a folder`, 'Name another one with --state DIR.', { cause })

function locked(path: string): Disposable {
  try {
    return lock(join(path, LOCK))
  } catch (cause) {
    if (!(cause instanceof FleetError) || cause.code !== 'STACK_LOCKED') throw cause
    const holder = /\(process \d+\)/.exec(cause.message)?.[0] ?? ''
    throw new FleetError('SANDBOX_LOCKED', `another sandbox${holder && ` ${holder}`} uses ${path}`, 'End it (Ctrl-C in its terminal), or start this one with --state DIR and other ports.', { cause })
  }
}

/** Lock and marker stay, so that the folder is found to be ours after a kill at any moment; so do the copies of damaged files. */
function empty(path: string, region: string): void {
  for (const file of globSync(`*/*${CORRUPT}*`, { cwd: path })) renameSync(join(path, file), join(path, basename(file)))
  const isKept = (name: string) => name.startsWith(LOCK) || name === MARKER || name.includes(CORRUPT)
  for (const name of readdirSync(path)) if (!isKept(name)) rmSync(join(path, name), { recursive: true, force: true })
  replaceFile(join(path, MARKER), markerText(region))
}

function checkMarker(path: string, region: string): void {
  const marker = Marker.safeParse(json(readFileSync(join(path, MARKER), 'utf8')))
  if (!marker.success) throw unreadable(`${join(path, MARKER)} is not what this version of the sandbox writes`)
  if (marker.data.region !== region) throw unreadable(`the sandbox in ${path} is in region ${marker.data.region}, the stage is in ${region} now`)
}

const unreadable = (what: string) => new FleetError('SANDBOX_STATE_UNREADABLE', what, 'Start over with --fresh (the simulated devices are lost), or use another folder: --state DIR.')

const foreign = (path: string) =>
  new FleetError('SANDBOX_FOLDER_FOREIGN', `${path} is not empty and no sandbox has made it; it was left as it is`, 'Name another folder with --state DIR.')

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no marker is
  }
}
