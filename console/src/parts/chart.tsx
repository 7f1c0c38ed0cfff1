// console/src/parts/chart.tsx: a chart over time, by uPlot, which is loaded when the first one is shown.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Options } from 'uplot'
import { colourOf } from '../colour.ts'
import { timesOf, timesShown } from './chart-times.ts'

export interface ChartProps {
  readonly label: string
  /** With its blank: ` Hz`, or empty. */
  readonly unit: string
  /** In the order of time; `at` in ms since 1970. */
  readonly points: readonly { readonly at: number; readonly value: number | null }[]
  /** `steps`: a value holds until the next. `bars`: a count of its time. */
  readonly look: 'line' | 'steps' | 'bars'
  readonly colour?: string
  readonly height?: number
  /** Of the values, where it is known beforehand. */
  readonly most?: number
  /** In ms since 1970; without it, as long as there are points. */
  readonly range?: { readonly from: number; readonly to: number }
}

const loading = () => import('uplot')

export function Chart(props: ChartProps) {
  const { label, unit, points, height = 110, range } = props
  const box = useRef<HTMLDivElement>(null)
  const [tip, setTip] = useState('')
  const plot = useRef<{ setData: (data: [number[], (number | null)[]]) => void } | undefined>(undefined)
  const data = useRef<[number[], (number | null)[]]>([[], []])
  data.current = [points.map(({ at }) => at / 1000), points.map(({ value }) => value)]
  const times = useRef<ChartProps['range']>(undefined)
  times.current = range
  useEffect(() => {
    const ending = new AbortController()
    void loading().then(({ default: uPlot }) => {
      if (ending.signal.aborted || !box.current) return
      draw(box.current, { uPlot, props: { ...props, height }, data, times, plot, onTip: setTip, signal: ending.signal })
    })
    return () => ending.abort()
  }, [])
  useEffect(() => plot.current?.setData(data.current), [points, range])
  const last = points.findLast(({ value }) => value !== null)?.value
  return (
    <div class="chart" role="img" aria-label={`${label}: ${last === undefined || last === null ? 'nothing yet' : `${round(last)}${unit} last, ${points.length} points`}`}>
      <div ref={box} style={{ height: `${height}px` }} />
      {tip !== '' && <span class="tip">{tip}</span>}
    </div>
  )
}

/** Nobody presses a button half. */
const WHOLE = [1, 2, 5].flatMap((step) => [1, 10, 100, 1000, 10_000].map((power) => step * power)).sort((one, other) => one - other)

const round = (value: number) => Number(value.toFixed(2))

interface Drawing {
  readonly uPlot: typeof import('uplot')
  readonly props: ChartProps & { readonly height: number }
  readonly data: { readonly current: [number[], (number | null)[]] }
  readonly times: { readonly current: ChartProps['range'] }
  readonly plot: { current: { setData: (data: [number[], (number | null)[]]) => void } | undefined }
  readonly onTip: (tip: string) => void
  readonly signal: AbortSignal
}

/** Anew when the colours change; stretched when its place is. */
function draw(box: HTMLElement, { uPlot, props, data, times, plot, onTip, signal }: Drawing): void {
  const make = () => new uPlot(optionsOf(props, { uPlot, data, times, style: getComputedStyle(box), width: box.clientWidth, onTip }), data.current, box)
  let made = make()
  plot.current = made
  const watching = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: props.height }))
  watching.observe(box)
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  const again = () => {
    made.destroy()
    plot.current = made = make()
  }
  scheme.addEventListener('change', again, { signal })
  signal.addEventListener('abort', () => {
    watching.disconnect()
    made.destroy()
    plot.current = undefined
  })
}

function optionsOf({ unit, look, colour = '--accent', height, most: mostOfAll = 1 }: Drawing['props'], { uPlot, data, times, style, width, onTip }: Pick<Drawing, 'uPlot' | 'data' | 'times' | 'onTip'> & { readonly style: CSSStyleDeclaration; readonly width: number }): Options {
  const of = colourOf(style)
  const axis = { stroke: of('--soft'), font: `11px ${style.fontFamily}`, grid: { stroke: of('--line'), width: 1 }, ticks: { show: false } }
  const paths = look === 'steps' ? uPlot.paths.stepped?.({ align: 1 }) : look === 'bars' ? uPlot.paths.bars?.({ size: [0.7, 24] }) : undefined
  return {
    ...{ width, height, padding: [8, 8, 0, 0], legend: { show: false } },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { range: () => timesShown(times.current, data.current[0]) }, y: { range: (_plot, least, most) => [Math.min(0, least || 0), Math.max(mostOfAll, (most || 0) * 1.15)] } },
    axes: [
      { ...axis, size: 26, space: 80, values: (_plot, values) => timesOf(values) },
      { ...axis, size: 38, space: 28, incrs: WHOLE, values: (_plot, values) => values.map((value) => String(round(value))) },
    ],
    series: [{}, { stroke: of(colour), width: 2, fill: `${of(colour)}22`, points: { show: false }, ...(paths && { paths }) }],
    hooks: {
      setCursor: [
        ({ cursor: { idx }, data: [times, values] }) => {
          const [at, value] = idx === null || idx === undefined ? [] : [times[idx], values?.[idx]]
          onTip(at === undefined || value === undefined || value === null ? '' : `${new Date(at * 1000).toLocaleTimeString('en-GB')}  ${round(value)}${unit}`)
        },
      ],
    },
  }
}
