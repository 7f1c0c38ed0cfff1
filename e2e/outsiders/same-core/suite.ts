// e2e/outsiders/same-core/suite.ts: one table of scenarios for two makes of core, the simulated one and the real nucleus: the cloud and the components must see the same.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { arn } from '@fleet/contract/arn'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { imageFor } from '@fleet/sandbox/opening/flash'
import { onCard } from '@fleet/sandbox/site/card'
import { findDistribution, type Distribution } from '@fleet/sandbox/site/java-nucleus/distribution'
import { openSite, type Site } from '@fleet/sandbox/site/site'
import { joined, running, runningSandbox, serial, type RunningSandbox } from '../../running-sandbox.ts'
import { eventually } from '../java-nucleus/stage.ts'
import type { Suite, Trial } from '../suite.ts'
import { play, publishAll, type Cloud, type Core, type Seen } from './core.ts'
import { openEar } from './ear.ts'
import { comparable } from './known-differences.ts'
import { SCENARIOS } from './scenarios.ts'

/** What the real one did when it was last at hand: `RECORD_CORE=1 npm run outsiders -- --only same-core` writes it. */
const RECORDED = fileURLToPath(new URL('recorded.json', import.meta.url))
const PATIENCE = { firstMs: 500, mostMs: 4000, offlineMostMs: 2000, attemptMs: 60_000, pollMs: 100 }

export const sameCore: Suite = {
  name: 'same-core',
  judge: 'Greengrass nucleus (Java), by what it did',
  withinMs: 600_000,
  whyNot: () => Promise.resolve(undefined),
  run: judge,
}

async function judge(trial: Trial): Promise<void> {
  const [simulated, real] = [serial(1), serial(2)]
  const folder = join(trial.folder, 'sandbox')
  mkdirSync(folder)
  await using sandbox = await runningSandbox({ allowed: [simulated, real], pis: 1, distribution: undefined, folder })
  const { host, port } = sandbox.endpoints.mqtt
  const caPem = readFileSync(sandbox.endpoints.caFile, 'utf8')
  await using ear = await openEar(sandbox.iot, { port, caPem })
  assert.equal(host, 'localhost')
  const cloud: Cloud = { greengrass: sandbox.greengrass, ear, signal: trial.signal }
  const found = findDistribution(process.env)
  await using realSite = found.isThere ? await javaSite(sandbox, { distribution: found, caPem, folder: join(trial.folder, 'java'), serial: real, signal: trial.signal }) : undefined
  const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Record<string, Seen> // written below
  const records: Record<string, Seen> = {}
  const only = process.env['OUTSIDERS_ONLY']
  for (const scenario of SCENARIOS.filter(({ name }) => only === undefined || name.includes(only))) {
    await trial.check(scenario.name, async () => {
      await publishAll(cloud, scenario)
      const [ours, theirs] = await Promise.all([play(coreOf(sandbox, sandbox.site, simulated), scenario, cloud), realSite && play(coreOf(sandbox, realSite, real), scenario, cloud)])
      if (theirs) records[scenario.name] = theirs
      assert.deepEqual(comparable(scenario.name, ours), comparable(scenario.name, theirs ?? recorded[scenario.name]))
      trial.judged('Simulated core', scenario.name)
    })
  }
  if (process.env['RECORD_CORE'] !== undefined && realSite) writeFileSync(RECORDED, `${JSON.stringify({ ...recorded, ...records }, null, 2)}\n`)
}

interface RealPlace {
  readonly distribution: Distribution
  readonly caPem: string
  readonly folder: string
  readonly serial: SerialNumber
  readonly signal: AbortSignal
}

/** A place of its own, in the same cloud, with one Pi that runs the real nucleus. */
async function javaSite({ target, endpoints }: RunningSandbox, { distribution, caPem, folder, serial, signal }: RealPlace): Promise<Site> {
  mkdirSync(folder)
  const site = openSite({ folder, image: () => imageFor(target, endpoints, caPem), patience: PATIENCE, routes: {}, distribution, onLine: () => undefined })
  await site.place(serial)
  await site.powerOn(serial)
  await eventually(async () => site.pi(serial), (pi) => pi !== undefined && joined(pi) && running(pi), { withinMs: 120_000, signal })
  return site
}

const coreOf = ({ target }: RunningSandbox, site: Site, serial: SerialNumber): Core => ({
  thing: serial,
  thingArn: arn('iot', target.stage, `thing/${serial}`),
  root: join(site.card(serial), onCard.nucleusRoot),
  pi: () => site.pi(serial),
})
