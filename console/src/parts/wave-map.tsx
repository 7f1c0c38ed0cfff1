// console/src/parts/wave-map.tsx: every device of the stage as a small square, wave by wave, in the colour of how it fares with the deployment.
import { useEffect, useRef, useState } from 'preact/hooks'
import { go } from '../address.ts'
import { FATES, type Fate, type Wave } from '../cloud/waves.ts'
import { colourOf } from '../colour.ts'

export const classOf = (fate: Fate): string => fate.replace(' ', '-')
export const countsOf = (devices: Wave['devices']): readonly (readonly [Fate, number])[] =>
  FATES.map((fate) => [fate, devices.filter((device) => device.fate === fate).length] as const).filter(([, count]) => count > 0)
const inWords = (counts: ReturnType<typeof countsOf>) => counts.map(([fate, count]) => `${count} ${fate}`).join(', ')

/** More than these are drawn as one. */
const MOST_WAVES = 12

export function WaveMap({ waves }: { readonly waves: readonly Wave[] }) {
  const rest = waves.slice(MOST_WAVES).flatMap(({ devices }) => devices)
  const shown = [...waves.slice(0, MOST_WAVES).map(({ number, devices }) => ({ title: `Wave ${number}`, devices })), ...(rest.length > 0 ? [{ title: `Waves ${MOST_WAVES + 1} to ${waves.length}`, devices: rest }] : [])]
  return (
    <>
      <Legend devices={waves.flatMap(({ devices }) => devices)} />
      <ol class="waves">
        {shown.map(({ title, devices }) => (
          <li key={title}>
            <div>
              <h3>{title}</h3>
              <small>{inWords(countsOf(devices))}</small>
            </div>
            <Squares title={title} devices={devices} />
          </li>
        ))}
      </ol>
    </>
  )
}

export const Legend = ({ devices }: Pick<Wave, 'devices'>) => (
  <ul class="legend" aria-label="How the devices fare">
    {countsOf(devices).map(([fate, count]) => (
      <li key={fate} class={classOf(fate)}>{`${fate}: ${count}`}</li>
    ))}
  </ul>
)

/** CSS pixels: a square and its gap. */
const STEP = 14
const SQUARE = 11

/** Drawn, since ten thousand elements would be slow; the table has a link to each of them. */
function Squares({ title, devices }: { readonly title: string; readonly devices: Wave['devices'] }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [columns, setColumns] = useState(1)
  useEffect(() => {
    if (!canvas.current) return
    const watching = new ResizeObserver(([entry]) => setColumns(Math.max(1, Math.floor((entry?.contentRect.width ?? STEP) / STEP))))
    watching.observe(canvas.current)
    return () => watching.disconnect()
  }, [])
  useEffect(() => {
    const redraw = () => canvas.current && draw(canvas.current, { devices, columns })
    redraw()
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', redraw)
    return () => scheme.removeEventListener('change', redraw)
  }, [devices, columns])
  const deviceAt = ({ offsetX, offsetY }: MouseEvent) => devices[Math.floor(offsetY / STEP) * columns + Math.floor(offsetX / STEP)]
  const point = (event: MouseEvent) => {
    const device = deviceAt(event)
    if (canvas.current) canvas.current.title = device ? `${device.serial}: ${device.fate}` : ''
  }
  const open = (event: MouseEvent) => {
    const device = deviceAt(event)
    if (device) go({ page: 'device', serial: device.serial })
  }
  return <canvas ref={canvas} role="img" aria-label={`${title}: ${inWords(countsOf(devices))}`} onMouseMove={point} onClick={open} />
}

const COLOURS: Readonly<Record<Fate, string>> = { 'has it': '--good', unhealthy: '--bad', failed: '--bad', working: '--accent', told: '--wait', untold: '--line', 'left out': '--strong-line' }

function draw(canvas: HTMLCanvasElement, { devices, columns }: { readonly devices: Wave['devices']; readonly columns: number }): void {
  const style = getComputedStyle(canvas)
  const [width, height] = [canvas.clientWidth, Math.max(1, Math.ceil(devices.length / columns)) * STEP]
  canvas.style.height = `${height}px`
  canvas.width = width * devicePixelRatio
  canvas.height = height * devicePixelRatio
  const pen = canvas.getContext('2d')
  if (!pen) return
  pen.scale(devicePixelRatio, devicePixelRatio)
  const colours = colourOf(style)
  for (const [index, { fate }] of devices.entries()) {
    pen.fillStyle = colours(COLOURS[fate])
    pen.beginPath()
    pen.roundRect((index % columns) * STEP, Math.floor(index / columns) * STEP, SQUARE, SQUARE, 2)
    pen.fill()
  }
}
