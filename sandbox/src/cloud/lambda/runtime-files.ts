// sandbox/src/cloud/lambda/runtime-files.ts: the environments' own code as plain JavaScript: a thread that strips types itself takes twice the memory and the time to start.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

const SOURCE = new URL('./runtime/', import.meta.url)

/** Writes `runtime/*.ts` to the folder, types stripped. @returns the module that an environment's thread begins with */
export async function runtimeEntry(folder: string): Promise<URL> {
  await mkdir(folder, { recursive: true })
  const names = (await readdir(SOURCE)).filter((name) => name.endsWith('.ts'))
  const sources = await Promise.all(names.map(async (name) => readFile(new URL(name, SOURCE), 'utf8')))
  const stripped = await stripTypes(sources)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await Promise.all(names.map(async (name, i) => writeFile(join(folder, name.replace(/\.ts$/, '.js')), (stripped[i] ?? '').replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"))))
  return pathToFileURL(join(folder, 'environment.js'))
}

/** In a thread of its own, for the sake of its options: Node calls this function experimental, and would warn the operator about it. */
async function stripTypes(sources: readonly string[]): Promise<readonly string[]> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { stripTypeScriptTypes } = require('node:module')
    parentPort.postMessage(workerData.map((source) => stripTypeScriptTypes(source)))`
  const worker = new Worker(code, { eval: true, workerData: sources, execArgv: ['--disable-warning=ExperimentalWarning'] })
  try {
    return await new Promise<string[]>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  } finally {
    await worker.terminate()
  }
}
