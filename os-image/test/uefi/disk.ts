// os-image/test/uefi/disk.ts: the disk of the image with its root, in variants of its boot partition; and what a machine that is off has written there.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runTool } from '@fleet/ops/image/tool'

/** Where disk.sh puts the boot partition, in MiB. */
const BOOT = { at: 1, size: 128 } as const

/** A copy of the disk whose boot partition lacks `without` and has `added`: path → content. */
export async function diskWith(disk: string, copy: string, { without = [], added = {} }: { readonly without?: readonly string[]; readonly added?: Readonly<Record<string, string>> }): Promise<string> {
  await runTool('cp', ['--sparse=always', disk, copy])
  const partition = `${copy}@@${BOOT.at}M`
  for (const name of without) await runTool('mdel', ['-i', partition, `::${name}`])
  for (const [name, content] of Object.entries(added)) await runTool('sh', ['-c', 'printf %s "$1" | mcopy -i "$2" - "$3"', 'added', content, partition, `::${name}`])
  return copy
}

/** A file of the boot partition, with all that reached the card; undefined when it is not there. Only while the machine is off. */
export async function onBootPartition(card: string, name: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(dirname(card), 'boot-'))
  try {
    const [partition, file] = [join(folder, 'boot.fat'), join(folder, 'file')]
    await runTool('qemu-img', ['dd', '-f', 'qcow2', '-O', 'raw', 'bs=1M', `skip=${BOOT.at}`, `count=${BOOT.at + BOOT.size}`, `if=${card}`, `of=${partition}`])
    await runTool('mcopy', ['-i', partition, `::${name}`, file])
    return await readFile(file, 'utf8')
  } catch {
    return undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
