// bench/src/rotation/rotation-rate.ts: an audit finds a fleet whose certificates are too old: whether it is asked as slowly as a stage says, within AWS's own rates.
import { setTimeout as after } from 'node:timers/promises'
import { DescribeJobCommand } from '@aws-sdk/client-iot'
import { ROTATIONS_PER_MINUTE } from '@fleet/contract/rotation-job'
import { lightSerials } from '@fleet/sandbox/site/light/light-fleet'
import type { Bench } from '../bench.ts'
import { quantile } from '../statistics.ts'
import { MOST_CALLS } from './calls.ts'
import { rotatingFleet } from './rotating-fleet.ts'

const PIS = Number(process.env['FLEET_BENCH_PIS'] ?? 40)
const TOO_OLD_MS = 181 * 86_400_000
const MINUTE_MS = 60_000

export const bench: Bench = {
  how: `${PIS} light Pis with the rotator that ships, AWS's default request rates in force; the twin's clock goes 181 days ahead, the daily audit finds them, rotation/start asks them one after the other; FLEET_BENCH_PIS=1000 takes a quarter of an hour`,
  async run(tell) {
    await using fleet = await rotatingFleet(lightSerials(PIS), { quotas: true }, tell)
    const { stage } = fleet
    stage.calls.length = 0
    stage.refused.length = 0
    stage.cloud.clock.advance(TOO_OLD_MS)
    await fleet.over(PIS)
    const [calls, refused] = [stage.calls.length, [...stage.refused]]
    const found = (await stage.logged('start', 'rotation asked')).map(({ jobId }) => String(jobId))
    const askedAt: number[] = []
    for (const jobId of found) {
      askedAt.push((await stage.iot.send(new DescribeJobCommand({ jobId }))).job?.createdAt?.getTime() ?? NaN)
      await after(110) // AWS admits 10 of these a second
    }
    const wrong = await fleet.wrong()
    return {
      figures: [
        { what: 'asked in any minute, at most', value: fullest(askedAt), unit: 'Pis', target: { atMost: ROTATIONS_PER_MINUTE } },
        { what: 'asked per minute', value: pace(askedAt), unit: 'Pis/min' },
        { what: `of ${PIS}, without exactly one new certificate that they work with`, value: wrong, unit: 'Pis', target: { atMost: 0 } },
        { what: 'calls that AWS would have throttled', value: refused.length, unit: 'calls', target: { atMost: 0 } },
        { what: 'API calls per rotation, those of the audit included', value: calls / PIS, unit: 'calls', target: { atMost: MOST_CALLS } },
      ],
    }
  },
}

function fullest(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE_MS).length))
}

const pace = (times: readonly number[]) => ((times.length - 1) * MINUTE_MS) / (quantile(times, 1) - quantile(times, 0))
