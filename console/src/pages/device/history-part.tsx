// console/src/pages/device/history-part.tsx: how a device was and what it did, as charts: from what is stored, and on from there as it happens.
import { MINUTE_MS, MOST_MINUTES_UNREPORTED } from '@fleet/contract/health'
import { useMemo } from 'preact/hooks'
import type { Address } from '../../address.ts'
import { useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { historyOf, type History } from '../../cloud/history.ts'
import type { Message } from '../../cloud/messages.ts'
import { Chart, type ChartProps } from '../../parts/chart.tsx'
import { Command, stageOption } from '../../parts/command.tsx'
import { FailureNote } from '../../parts/failure-note.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { later, pointsOf, type Known } from './history-points.ts'
import { livePointsOf } from './live-points.ts'

export interface HistoryPartProps {
  readonly cloud: Cloud
  readonly serial: string
  readonly address: Address
  /** The newest first. */
  readonly journal: readonly Message[]
  readonly openedAt: number
}

const HOUR_MS = 3_600_000
/** A device reports its health every five minutes. */
const ASK_EVERY_MS = 60_000
/** Minutes in which nothing changes are not reported, and a minute comes when it is over. */
const HOLDS_MS = (MOST_MINUTES_UNREPORTED + 2) * MINUTE_MS

export function HistoryPart({ cloud, serial, address, journal, openedAt }: HistoryPartProps) {
  const span = address['span'] === '24h' ? '24h' : '1h'
  const spanMs = span === '24h' ? 24 * HOUR_MS : HOUR_MS
  const { value: stored, failure, at } = useAsked((signal) => historyOf(cloud, { serial, since: new Date(Date.now() - spanMs) }, signal), { about: `${serial} ${span}`, everyMs: ASK_EVERY_MS })
  const { charts, messages, range } = useMemo(() => chartsOf(stored, { journal: [...journal].reverse(), spanMs, openedAt }), [stored, at, journal, openedAt, spanMs])
  const { stage, sandbox } = cloud.session.settings
  return (
    <section aria-labelledby="history" class="full">
      <div class="head">
        <h2 id="history">History</h2>
        <Tabs label="Time" name="span" address={address} views={[['1h', 'Last hour'], ['24h', 'Last 24 hours']]} />
        <Command>{`fleet telemetry ${serial} --since ${span}${stageOption(stage, sandbox !== undefined)}`}</Command>
      </div>
      {stored && stored.health.length === 0 && <p role="status">No health is stored of this time: a device reports it every few minutes.</p>}
      <FailureNote failure={failure} />
      <div class="charts">
        {charts.map(({ title, ...chart }) => (
          <Part key={title} title={title} look="steps" range={range} {...chart} />
        ))}
        <Part title="Messages a minute, since this page was opened" points={messages} unit=" a minute" look="bars" colour="--good" />
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

const NOTHING: History = { health: [], led: [], button: [] }

/** Without anything stored, what is heard since the page was opened. */
function chartsOf(stored: History = NOTHING, { journal, spanMs, openedAt }: { readonly journal: readonly Message[]; readonly spanMs: number; readonly openedAt: number }) {
  const to = Date.now()
  const isStored = Object.values(stored).some(({ length }) => length > 0)
  const range = { from: isStored ? to - spanMs : Math.min(openedAt, to - MINUTE_MS), to }
  const live = livePointsOf(journal, openedAt)
  const led = stored.led.map(({ at, on, frequencyHz, sequence }) => ({ at: Date.parse(at), value: on ? frequencyHz : 0, sequence }))
  const button = stored.button.map(({ at, presses }) => ({ at: Date.parse(at), value: presses, sequence: presses }))
  const events = [
    { title: 'Frequency of the light, Hz', unit: ' Hz', colour: '--bad', known: [...led, ...later(live.led, led.at(-1))] },
    { title: 'Presses of the button', unit: ' presses', colour: '--accent', known: [...button, ...later(live.button, button.at(-1))] },
  ].map(({ known, ...chart }) => ({ ...chart, points: pointsOf(known, { ...range, holdsMs: Infinity }) }))
  const health = healthOf(stored.health).filter(({ known }) => known.length > 0).map(({ known, ...chart }) => ({ ...chart, points: pointsOf(known, { ...range, holdsMs: HOLDS_MS }) }))
  return { charts: [...health, ...events], messages: live.messages, range }
}

/** A measurement that a board does not give has no chart. */
function healthOf(minutes: History['health']) {
  const known = (value: (minute: History['health'][number]) => number | null | undefined): readonly Known[] =>
    minutes.flatMap((minute) => {
      const measured = value(minute)
      return measured == null ? [] : [{ at: Date.parse(minute.at), value: measured }]
    })
  return [
    { title: 'Processor, %', unit: ' %', colour: '--accent', known: known(({ cpu }) => cpu?.mean) },
    { title: 'Memory in use, %', unit: ' %', colour: '--good', known: known(({ memory }) => memory) },
    { title: 'Card in use, %', unit: ' %', colour: '--wait', known: known(({ disk }) => disk) },
    { title: 'Temperature, °C', unit: ' °C', colour: '--bad', known: known(({ temperature }) => temperature?.max) },
  ]
}
