// sandbox/src/site/docker/rootfs.ts: unpacks image layers and lays them over one another (OCI image specification, «Image Layer Filesystem Changeset»).
import { link, lstat, mkdir, open, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import type { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { daemonError } from './docker-error.ts'

/** Unpacks one layer's tar into an empty folder, whiteouts as the files that they are. Owners and device nodes are left out. */
export async function unpackLayer(tar: Readable, folder: string): Promise<void> {
  const entries = extract()
  tar.once('error', (error) => entries.destroy(error))
  tar.pipe(entries) // not pipeline(): tar-stream's streams are streamx's, whose end that does not see
  for await (const entry of entries) await unpackEntry(entry, folder)
}

type Entry = ReturnType<typeof extract> extends AsyncIterable<infer E> ? E : never
async function unpackEntry(entry: Entry, folder: string): Promise<void> {
  const { name, type, linkname, mode } = entry.header
  const path = join(folder, await withoutLinks(folder, name))
  await mkdir(dirname(path), { recursive: true })
  if (type === 'directory') await mkdir(path, { recursive: true })
  else if (type === 'symlink') await replaceBy(path, () => symlink(linkname, path))
  else if (type === 'link') await replaceBy(path, async () => link(join(folder, await withoutLinks(folder, linkname)), path))
  else if (type === 'file') {
    await rm(path, { force: true, recursive: true })
    await using file = await open(path, 'w')
    for await (const chunk of entry as AsyncIterable<Buffer>) await file.write(chunk)
    await file.chmod((mode & 0o777) | 0o600)
  }
  entry.resume()
}

async function replaceBy(path: string, make: () => Promise<void>): Promise<void> {
  await rm(path, { force: true, recursive: true })
  await make()
}

/** The name as a path below the folder: none of its parents may be a link, or a layer could write anywhere on this machine. */
async function withoutLinks(folder: string, name: string): Promise<string> {
  const parts = posix.normalize(`/${name}`).split('/').filter((part) => part !== '')
  for (let depth = 1; depth < parts.length; depth++) {
    const parent = parts.slice(0, depth).join('/')
    const found = await lstat(join(folder, parent)).catch(() => undefined)
    if (found?.isSymbolicLink() === true) throw daemonError(`the layer writes through its own link ${parent}`)
  }
  return parts.join('/')
}

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

/** Lays a layer over what is in `root`, by hard links: layers are shared by the images of a card. */
export async function layOver(root: string, layer: string): Promise<void> {
  const names = (await readdir(layer, { withFileTypes: true, recursive: true })).map((entry) => ({ entry, path: join(entry.parentPath, entry.name).slice(layer.length + 1) }))
  for (const { entry, path } of names) {
    if (entry.name === OPAQUE) await empty(join(root, dirname(path)))
    else if (entry.name.startsWith(WHITEOUT)) await rm(join(root, dirname(path), entry.name.slice(WHITEOUT.length)), { recursive: true, force: true })
  }
  for (const { entry, path } of names.sort((a, b) => a.path.localeCompare(b.path))) {
    if (entry.name.startsWith(WHITEOUT)) continue
    const target = join(root, await insideRoot(root, dirname(path)), entry.name)
    if (entry.isDirectory()) await mkdirOver(target)
    else if (entry.isSymbolicLink()) await replaceBy(target, async () => symlink(await readlink(join(layer, path)), target))
    else await replaceBy(target, () => link(join(layer, path), target))
  }
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) await rm(join(folder, name), { recursive: true })
}

/** A folder over a folder, or over a link to one (a merged /usr), keeps it; over a file it replaces it. */
async function mkdirOver(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found?.isDirectory() === true || found?.isSymbolicLink() === true) return
  await rm(path, { force: true })
  await mkdir(path, { recursive: true })
}

const MOST_LINKS = 40 // as Linux's MAXSYMLINKS

/** Where `path` of the container is below `root`, links followed as the container sees them: an absolute one begins at `root` again. */
export async function insideRoot(root: string, path: string): Promise<string> {
  let pending = path.split('/')
  const done: string[] = []
  for (let links = 0; pending.length > 0; ) {
    const [part = '', ...rest] = pending
    pending = rest
    if (part === '' || part === '.') continue
    if (part === '..') {
      done.pop()
      continue
    }
    const target = await readlink(join(root, ...done, part)).catch(() => undefined)
    if (target === undefined) {
      done.push(part)
      continue
    }
    if (++links > MOST_LINKS) throw daemonError(`too many links at ${path}`)
    if (target.startsWith('/')) done.length = 0
    pending = [...target.split('/'), ...pending]
  }
  return done.join('/')
}
