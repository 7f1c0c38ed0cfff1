// ops/src/stack/program.ts: runs the Pulumi program in this process, as the CLI's language host does.
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Pulumi from '@pulumi/pulumi'

export interface ProgramOptions {
  /** The folder of the program's package.json, whose `main` it is. */
  readonly folder: string
  readonly project: string
  readonly stack: string
  readonly config: Readonly<Record<string, string>>
  readonly isPreview: boolean
}

/** ResourceMonitorFeature (pulumi `proto/pulumi/resource.proto`): secrets come marked as such. */
export const FEATURES = [0]

let runs = 0

/** Resolves when the program has registered everything and its outputs. The SDK must be the program's own copy: it keeps its engine in module state. */
export async function runProgram({ project, stack, config, isPreview, ...options }: ProgramOptions, monitor: object): Promise<void> {
  const folder = resolve(options.folder)
  const require = createRequire(join(folder, 'package.json'))
  const { main } = require('./package.json') as { main: string }
  const { runtime } = require('@pulumi/pulumi') as typeof Pulumi // the program depends on it
  process.chdir(folder)
  runtime.setAllConfig({ ...config })
  runtime.setMockOptions(monitor, project, stack, isPreview)
  const entry = `${pathToFileURL(resolve(folder, main)).href}?run=${++runs}` // the same URL would be the same module, which has run already
  await runtime.runInPulumiStack(async () => ({ ...((await import(entry)) as object) }))
  await (runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs() // exported at run time, left out of the types
}
