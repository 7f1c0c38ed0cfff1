// os-image/test/uefi/main.ts ROOT.tar NODE: the image of a board with UEFI starts in QEMU, joins the fleet of a sandbox on this machine, and survives what a device meets.
// FLEET_UEFI_CHAPTERS names the chapters to tell (all unless said otherwise), FLEET_IMAGE_WORK where the disks are made; FLEET_IMAGE_KEEP=1 keeps them.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { layBaseImage } from '@fleet/ops/image/base-image'
import { releasedImages } from '@fleet/ops/image/released-images'
import { runTool } from '@fleet/ops/image/tool'
import { runningSandbox, serial } from '../../../e2e/running-sandbox.ts'
import { aDay } from './chapters/a-day.ts'
import { badInput, wrongClock } from './chapters/bad-input.ts'
import { powerCut } from './chapters/power-cut.ts'
import { releaseOn } from './release.ts'
import { site } from './site.ts'
import type { Setting } from './setting.ts'
import { timeServer } from './time-server.ts'
import { tell } from './told.ts'
import { visitor as openVisitor } from './visitor.ts'

const CHAPTERS = new Map([['bad-input', badInput], ['wrong-clock', wrongClock], ['power-cut', powerCut], ['a-day', aDay]])
const HAS_OWN_TIME = new Set(['bad-input', 'wrong-clock'])
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const [root = '', node = ''] = process.argv.slice(2)
if (node === '') throw new Error('usage: node os-image/test/uefi/main.ts ROOT.tar NODE')
const wanted = process.env['FLEET_UEFI_CHAPTERS']?.split(' ') ?? [...CHAPTERS.keys()]

const folder = await mkdtemp(join(process.env['FLEET_IMAGE_WORK'] ?? tmpdir(), 'fleet-uefi-'))
try {
  await using setting = await prepared()
  for (const [name, chapter] of CHAPTERS) {
    if (!wanted.includes(name)) continue
    tell(`== ${name}`)
    await using _time = HAS_OWN_TIME.has(name) ? undefined : await timeServer()
    await chapter(setting)
  }
  tell('== all is told')
} finally {
  if (process.env['FLEET_IMAGE_KEEP'] === undefined) await rm(folder, { recursive: true, force: true })
  else tell(`kept: ${folder}`)
}

async function prepared(): Promise<Setting & AsyncDisposable> {
  const own = new AsyncDisposableStack()
  const layer = join(folder, 'node-layer.tar')
  await runTool('sh', [here('./node-layer.sh'), resolve(root), resolve(node), layer])
  const sandbox = own.use(await runningSandbox({ allowed: [serial(1)], release: releaseOn(readFileSync(layer)) }))
  tell('the sandbox runs, with images that a machine without Node can run')
  const visitor = own.use(await openVisitor())
  const disk = join(folder, 'disk.img')
  const { accountId, region, gateway } = sandbox.endpoints
  const registry = `${accountId}.dkr.ecr.${region}.amazonaws.localhost:${new URL(gateway).port}`
  const { boot, overlay } = await site({ folder, target: sandbox.target, registry, node: resolve(node), visitorPort: visitor.port })
  const base = await layBaseImage(await releasedImages(sandbox.target, join(folder, 'cache')), join(folder, 'base-image'))
  await runTool('sh', [here('../../provision/base-image.sh')], { env: { FLEET_ROOT: overlay, FLEET_BASE_IMAGE: join(folder, 'base-image') } })
  tell(`the card has ${base.layers.length} layers that the components share, ${(base.bytes / 1e6).toFixed(0)} MB`)
  await runTool('sh', [here('../../generic/disk.sh'), resolve(root), boot, disk, overlay])
  tell('the disk is made')
  return Object.assign({ sandbox, folder, disk, base, visitor }, { [Symbol.asyncDispose]: () => own.disposeAsync() })
}
