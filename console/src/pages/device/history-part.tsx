// console/src/pages/device/history-part.tsx: what LED and button did, and how much the device says, as charts.
import { useMemo } from 'preact/hooks'
import { ButtonReported } from '@fleet/contract/button'
import { LedReported } from '@fleet/contract/led'
import * as z from 'zod'
import type { Message } from '../../cloud/messages.ts'
import { Chart, type ChartProps } from '../../parts/chart.tsx'
import { jsonOf } from '../use-fleet.ts'

const MINUTE_MS = 60_000

export function HistoryPart({ journal, openedAt }: { readonly journal: readonly Message[]; readonly openedAt: number }) {
  const { led, button, messages } = useMemo(() => pointsOf([...journal].reverse(), openedAt), [journal, openedAt])
  return (
    <section aria-labelledby="history" class="full">
      <h2 id="history">Since this page was opened</h2>
      <div class="charts">
        <Part title="Frequency of the light, Hz" points={led} unit=" Hz" look="steps" colour="--bad" />
        <Part title="Presses of the button" points={button} unit=" presses" look="steps" />
        <Part title="Messages a minute" points={messages} unit=" a minute" look="bars" colour="--good" />
      </div>
    </section>
  )
}

const Part = ({ title, ...chart }: Omit<ChartProps, 'label'> & { readonly title: string }) => (
  <div>
    <h3>{title}</h3>
    <Chart label={title} {...chart} />
  </div>
)

const Changed = z.object({ state: z.object({ reported: z.record(z.string(), z.unknown()).nullish() }) })

/** @param journal oldest first */
function pointsOf(journal: readonly Message[], openedAt: number) {
  const led: { at: number; value: number }[] = []
  const button: { at: number; value: number }[] = []
  const minutes = new Map<number, number>([[Math.floor(openedAt / MINUTE_MS), 0], [Math.floor(Date.now() / MINUTE_MS), 0]])
  for (const { topic, payload, at } of journal) {
    const minute = Math.floor(at.getTime() / MINUTE_MS)
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
    const reported = Changed.safeParse(jsonOf(payload)).data?.state.reported
    if (!reported || !topic.endsWith('/update/accepted')) continue
    const lit = LedReported.partial().safeParse(reported).data
    if (topic.includes('/name/led/') && lit?.on !== undefined) led.push({ at: at.getTime(), value: lit.on ? (lit.frequencyHz ?? led.at(-1)?.value ?? 1) : 0 })
    const presses = ButtonReported.partial().safeParse(reported).data?.presses
    if (topic.includes('/name/button/') && presses !== undefined) button.push({ at: at.getTime(), value: presses })
  }
  return { led: untilNow(led), button: untilNow(button), messages: [...minutes].sort(([one], [other]) => one - other).map(([minute, value]) => ({ at: minute * MINUTE_MS, value })) }
}

/** What was last said still holds. */
function untilNow(points: { at: number; value: number }[]) {
  const last = points.at(-1)
  return last ? [...points, { at: Date.now(), value: last.value }] : points
}
