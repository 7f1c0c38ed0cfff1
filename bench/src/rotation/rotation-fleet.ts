// bench/src/rotation/rotation-fleet.ts: many light Pis get new certificates, as fast as the twin lets them.
import { lightSerials } from '@fleet/sandbox/site/light/light-fleet'
import { MOST_CALLS } from './calls.ts'
import type { Bench } from '../bench.ts'
import { rotatingFleet } from './rotating-fleet.ts'

/** A thousand take minutes, which the complete run has not. */
const PIS = Number(process.env['FLEET_BENCH_PIS'] ?? 1000)
/** Rotations that are under way at one moment. */
const AT_ONCE = 16
/** What a stage asks for at most. */
const PER_SECOND = 100 / 60

export const bench: Bench = {
  how: `${PIS.toLocaleString('en-US')} light Pis in a process of their own, all connected, each with the rotator that ships (its files in memory), and the shipped functions; quotas off; ${AT_ONCE} rotate at one moment; calls are those of the functions and CreateJob, repeats included`,
  async run(tell) {
    await using fleet = await rotatingFleet(lightSerials(PIS), {}, tell)
    const { stage, identities } = fleet
    stage.calls.length = 0
    const began = performance.now()
    for (const [index, identity] of identities.entries()) {
      await fleet.over(index + 1 - AT_ONCE)
      await stage.ask(identity)
    }
    await fleet.over(PIS)
    const seconds = (performance.now() - began) / 1000
    const calls = stage.calls.length
    tell('counting what is left')
    const invocations = await fleet.invocations()
    const wrong = await fleet.wrong()
    return {
      figures: [
        { what: 'rotations', value: PIS / seconds, unit: 'rotations/s', target: { atLeast: PER_SECOND }, note: 'the target is the 100 a minute that a stage asks for at most' },
        { what: `of ${PIS.toLocaleString('en-US')}, without exactly one new certificate that they work with`, value: wrong, unit: 'Pis', target: { atMost: 0 } },
        { what: 'API calls per rotation', value: calls / PIS, unit: 'calls', target: { atMost: MOST_CALLS } },
        { what: 'Lambda invocations per rotation', value: invocations / PIS, unit: 'invocations', note: 'sign, finish, and finish again when the job has ended' },
      ],
    }
  },
}
