// ops/src/console/publish-page.ts: puts the console's files into the bucket that the stack's distribution serves, and tells the page about its cloud.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot'
import { DeleteObjectsCommand, paginateListObjectsV2, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CONSOLE_SETTINGS_FILE, type ConsoleSettings } from '@fleet/contract/console-settings'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { collect } from '../aws/pages.ts'
import type { Outputs } from '../stack/stack-engine.ts'
import { REPOSITORY } from '../target/repository.ts'
import type { Target } from '../target/target.ts'
import { poolsIn } from './pools.ts'

export interface PublishedPage {
  readonly url: string
  readonly uploaded: readonly string[]
  readonly removed: readonly string[]
}

interface PageFile {
  readonly name: string
  readonly body: Uint8Array
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json' }

/** These keep their names, so they are asked for anew each time; all others are named by their content and never change. */
const NAMED = ['index.html', CONSOLE_SETTINGS_FILE]
const FOREVER = 'public, max-age=31536000, immutable'

/** A tab that was opened with the page of before may still ask for its parts. */
const KEPT_MS = 7 * 24 * 3_600_000

/** Bundled once for each state of its sources; found by its path, as the program of the stack is. */
export async function builtPage(): Promise<string> {
  const { builtConsole } = (await import(pathToFileURL(join(REPOSITORY, 'console/build.ts')).href)) as { builtConsole: () => Promise<string> } // console stands on ops, so its types cannot be asked for here
  return builtConsole()
}

/** Uploads what differs, what is named by its content first and the page that names it last. Undefined: the stage has no console. */
export async function publishPage(target: Target, outputs: Outputs, built: Promise<string>): Promise<PublishedPage | undefined> {
  const pools = poolsIn(outputs)
  if (!pools) return undefined
  const s3 = named(new S3Client(s3Config(target)))
  const Bucket = target.names.consoleBucket
  const files = await filesOf(await built, { ...pools, ...(await identityOf(target)) })
  const there = await collect(paginateListObjectsV2({ client: s3 }, { Bucket }), (page) => page.Contents)
  const etags = new Map(there.map(({ Key = '', ETag }) => [Key, ETag]))
  const changed = files.filter(({ name, body }) => etags.get(name) !== `"${createHash('md5').update(body).digest('hex')}"`) // S3's own ETag of what came in one piece
  for (const wave of [changed.filter(({ name }) => !NAMED.includes(name)), changed.filter(({ name }) => NAMED.includes(name))]) {
    await Promise.all(wave.map(({ name, body }) => s3.send(new PutObjectCommand({ Bucket, Key: name, Body: body, ContentType: TYPES[extname(name)] ?? 'application/octet-stream', CacheControl: NAMED.includes(name) ? 'no-cache' : FOREVER }))))
  }
  const names = new Set(files.map(({ name }) => name))
  const removed = there.flatMap(({ Key = '', LastModified }) => (!names.has(Key) && Date.now() - (LastModified?.getTime() ?? 0) > KEPT_MS ? [Key] : []))
  if (removed.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: removed.map((Key) => ({ Key })), Quiet: true } }))
  return { url: pools.url, uploaded: changed.map(({ name }) => name), removed }
}

async function identityOf(target: Target): Promise<Pick<ConsoleSettings, 'stage' | 'accountId' | 'region' | 'iotEndpoint'>> {
  const { stage, accountId, region } = target.stage
  const { endpointAddress = '' } = await named(new IoTClient(clientConfig(target))).send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }))
  return { stage, accountId, region, iotEndpoint: endpointAddress }
}

async function filesOf(folder: string, { stage, accountId, region, userPoolId, userPoolClientId, identityPoolId, iotEndpoint }: ConsoleSettings): Promise<PageFile[]> {
  const settings: ConsoleSettings = { stage, accountId, region, userPoolId, userPoolClientId, identityPoolId, iotEndpoint }
  const built = await Promise.all((await readdir(folder)).map(async (name) => ({ name, body: await readFile(join(folder, name)) })))
  return [...built.sort((one, other) => (one.name < other.name ? -1 : 1)), { name: CONSOLE_SETTINGS_FILE, body: Buffer.from(`${JSON.stringify(settings, null, 2)}\n`) }]
}
