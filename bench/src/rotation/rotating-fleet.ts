// bench/src/rotation/rotating-fleet.ts: light Pis on the shipped stack that wait to be rotated, and what is counted of it.
import { rotationStage, type RotationStage, type StageOptions } from '@fleet/sandbox/rotation.testing'
import { provisionFleet } from '@fleet/sandbox/site/light/light-fleet'
import type { LightIdentity } from '@fleet/sandbox/site/light/light-pi'
import { switchedOn, type LightFleet } from '../../../e2e/light-fleet/light-fleet.ts'
import type { Tell } from '../bench.ts'

export interface RotatingFleet extends AsyncDisposable {
  readonly stage: RotationStage
  readonly identities: readonly LightIdentity[]
  /** When each device's rotation was over, ms of `performance.now()`. */
  readonly overAt: ReadonlyMap<string, number>
  /** Resolves when so many are over. */
  over(count: number): Promise<void>
  /** Switches the Pis off. How many do not work with the one certificate that the cloud has of them, which must be a new one. */
  wrong(): Promise<number>
  invocations(): Promise<number>
}

const MOST_ROUNDS = 5
const PARTS = ['start', 'sign', 'finish'] as const

export async function rotatingFleet(serials: readonly string[], options: Pick<StageOptions, 'quotas'>, tell: Tell): Promise<RotatingFleet> {
  tell('deploying the stack on a twin')
  await using opened = new AsyncDisposableStack()
  const stage = opened.use(await rotationStage(serials, { ...options, joinsLater: true }))
  const joined = await joinedFleet(serials, stage, tell)
  tell('switching them on')
  const overAt = new Map<string, number>()
  const waiting = new Set<() => void>()
  const onRotated = (serial: string) => {
    if (!overAt.has(serial)) overAt.set(serial, performance.now())
    for (const look of [...waiting]) look()
  }
  const fleet = opened.use(await switchedOn({ identities: joined, cloud: stage.light, onRotated }))
  const own = opened.move()
  return {
    ...{ stage, identities: joined, overAt },
    over: (count) =>
      new Promise((resolve) => {
        const look = () => {
          tell(`${overAt.size} of ${serials.length} have rotated`)
          if (overAt.size >= count && waiting.delete(look)) resolve()
        }
        waiting.add(look)
        look()
      }),
    wrong: () => wrongOf(stage, joined, fleet),
    invocations: async () => (await Promise.all(PARTS.map((part) => stage.invocations(part)))).reduce((sum, count) => sum + count, 0),
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  }
}

/** The hook has five seconds to answer; on a machine with much else to do it is asked again. */
async function joinedFleet(serials: readonly string[], { light: cloud }: RotationStage, tell: Tell): Promise<readonly LightIdentity[]> {
  const all: LightIdentity[] = []
  for (let [left, round] = [serials, 1]; left.length > 0; round++) {
    const onJoined = (identity: LightIdentity) => all.push(identity) % 50 === 0 && tell(`${all.length} of ${serials.length} have joined`)
    const { refused } = await provisionFleet({ serials: left, cloud, atOnce: 4, onJoined })
    if (round === MOST_ROUNDS && refused.length > 0) throw new Error(`${refused.length} light Pis could not join: ${refused[0]?.why}`)
    left = refused.map(({ serial }) => serial)
  }
  return all
}

async function wrongOf(stage: RotationStage, before: readonly LightIdentity[], fleet: LightFleet): Promise<number> {
  const old = new Map(before.map(({ serial, certificatePem }) => [serial, certificatePem]))
  let wrong = 0
  for (const { serial, certificatePem } of await fleet.end()) {
    const [only, ...others] = await stage.certificatesOf(serial)
    if (only !== stage.idOf(certificatePem) || others.length > 0 || certificatePem === old.get(serial)) wrong++
  }
  return wrong
}
