// ops/src/stack/stage-file.ts: the configuration of a stage as Pulumi would hand it to the program: every value as text.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { parseStage, stageFile, type Stage } from '@fleet/contract/stage'
import { parse } from 'yaml'

export interface StageSettings {
  readonly stage: Stage
  /** Keys in full. What an engine is given; the program checks it again. */
  readonly config: Readonly<Record<string, string>>
  /** What else stands in the file, for the CLI: which key its secrets are encrypted with. */
  readonly pulumi: Readonly<Record<string, unknown>>
}

/**
 * Reads Pulumi.<stage>.yaml of this folder; `override` replaces single keys (the sandbox has an account of its own).
 * @throws FleetError STAGE_INVALID
 */
export function readStageFile(folder: string, stage: string, override: Readonly<Record<string, string>> = {}): StageSettings {
  const { config: written, ...pulumi } = contentOf(join(folder, stageFile(stage)), folder)
  const config = { ...texts(stage, written), ...override }
  return { stage: parseStage(stage, config), config, pulumi }
}

function contentOf(path: string, folder: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) {
    const there = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    throw invalid(`${path} is not there`, `The stages of this repository are: ${there.join(', ') || 'none'}.`)
  }
  try {
    return (parse(readFileSync(path, 'utf8')) ?? {}) as Record<string, unknown> // checked member by member
  } catch (cause) {
    throw invalid(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, 'Correct the YAML.', cause)
  }
}

function texts(stage: string, config: unknown): Record<string, string> {
  if (typeof config !== 'object' || config === null) return {}
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, textOf(stage, key, value)]))
}

function textOf(stage: string, key: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'secure' in value) {
    throw invalid(`${stageFile(stage)}: ${key} is encrypted: only the Pulumi CLI can read it`, 'Give the value in clear, if it is none to hide.')
  }
  return JSON.stringify(value)
}

const invalid = (what: string, remedy: string, cause?: unknown) => new FleetError('STAGE_INVALID', what, remedy, { cause })
