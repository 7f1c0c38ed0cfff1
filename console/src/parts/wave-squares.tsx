// console/src/parts/wave-squares.tsx: the devices of a wave as squares on a canvas, gone through by pointer or by arrow keys.
import { useEffect, useRef, useState } from 'preact/hooks'
import { go } from '../address.ts'
import type { Fate, Wave } from '../cloud/waves.ts'
import { colourOf } from '../colour.ts'
import { steppedTo } from './square-steps.ts'

/** CSS pixels: a square and its gap. */
const STEP = 14
const SQUARE = 11

export interface SquaresProps {
  readonly label: string
  readonly devices: Wave['devices']
}

/** Drawn, since ten thousand elements would be slow. For who does not see it, it is a list of which one device is read at a time. */
export function Squares({ label, devices }: SquaresProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const columns = useColumns(canvas)
  const [chosen, setChosen] = useState<number>()
  useEffect(() => {
    const redraw = () => canvas.current && draw(canvas.current, { devices, columns, chosen })
    redraw()
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', redraw)
    return () => scheme.removeEventListener('change', redraw)
  }, [devices, columns, chosen])
  const deviceAt = ({ offsetX, offsetY }: MouseEvent) => devices[Math.floor(offsetY / STEP) * columns + Math.floor(offsetX / STEP)]
  const point = (event: MouseEvent) => {
    const device = deviceAt(event)
    if (canvas.current) canvas.current.title = device ? `${device.serial}: ${device.fate}` : ''
  }
  const open = (serial: string | undefined) => serial !== undefined && go({ page: 'device', serial })
  const press = (event: KeyboardEvent) => {
    const next = steppedTo(event.key, { from: chosen, columns, of: devices.length })
    if (next === undefined && event.key !== 'Enter') return
    event.preventDefault()
    if (next === undefined) open(devices[chosen ?? 0]?.serial)
    else setChosen(next)
  }
  const spoken = chosen === undefined ? undefined : devices[chosen]
  return (
    <div class="squares">
      <canvas ref={canvas} role="img" aria-label={label} tabIndex={0} aria-describedby="how-to-walk" onMouseMove={point} onClick={(event) => open(deviceAt(event)?.serial)} onKeyDown={press} onFocus={() => setChosen((former) => former ?? 0)} onBlur={() => setChosen(undefined)} />
      <p role="status">{spoken && `${spoken.serial}: ${spoken.fate}`}</p>
    </div>
  )
}

/** As many as there is room for. */
function useColumns(canvas: { readonly current: HTMLCanvasElement | null }): number {
  const [columns, setColumns] = useState(1)
  useEffect(() => {
    if (!canvas.current) return
    const watching = new ResizeObserver(([entry]) => setColumns(Math.max(1, Math.floor((entry?.contentRect.width ?? STEP) / STEP))))
    watching.observe(canvas.current)
    return () => watching.disconnect()
  }, [])
  return columns
}

const COLOURS: Readonly<Record<Fate, string>> = { 'has it': '--good', unhealthy: '--bad', failed: '--bad', working: '--accent', told: '--wait', untold: '--line', 'left out': '--strong-line' }

interface Drawing {
  readonly devices: Wave['devices']
  readonly columns: number
  readonly chosen: number | undefined
}

function draw(canvas: HTMLCanvasElement, { devices, columns, chosen }: Drawing): void {
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
    pen.roundRect((index % columns) * STEP + 1, Math.floor(index / columns) * STEP + 1, SQUARE, SQUARE, 2)
    pen.fill()
    if (index !== chosen) continue
    pen.lineWidth = 2
    pen.strokeStyle = style.color
    pen.stroke()
  }
}
