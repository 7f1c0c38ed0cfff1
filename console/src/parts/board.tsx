// console/src/parts/board.tsx: a board drawn as one sees it: header, wires, LED and button.
import { useEffect, useRef } from 'preact/hooks'
import { WIRING } from '@fleet/contract/wiring'

export interface BoardProps {
  readonly serial: string
  /** What the LED does; undefined while nobody knows. */
  readonly led: { readonly isOn: boolean; readonly frequencyHz: number } | undefined
  readonly presses: number | undefined
  /** Undefined where there is no hand to press it: on AWS. */
  readonly onPress: (() => void) | undefined
}

/** Header pins of the two parts (docs/wiring.md). */
const PIN = { led: 11, button: 36 } as const

export function Board({ serial, led, presses, onPress }: BoardProps) {
  return (
    <figure class="board">
      <svg viewBox="0 0 320 190" role="img" aria-label={`Board of ${serial}: LED ${inWords(led)}, button pressed ${presses ?? 0} times`}>
        <rect class="circuit" x="10" y="40" width="200" height="140" rx="10" />
        {[...Array(20).keys()].flatMap((column) => [0, 1].map((row) => <circle key={`${column}-${row}`} class="pin" cx={22 + column * 9.2} cy={row === 0 ? 60 : 51} r="2.6" />))}
        <rect class="chip" x="70" y="90" width="46" height="46" rx="3" />
        <rect class="port" x="186" y="80" width="30" height="26" rx="2" />
        <rect class="port" x="186" y="116" width="30" height="26" rx="2" />
        <path class="wire" d={`M ${pinX(PIN.led)} 60 V 75 H 165 V 20 H 262 V 40`} />
        <path class="wire" d={`M ${pinX(PIN.button)} 51 V 30 H 290 V 112 H 280`} />
        <Lamp led={led} />
        <text x="262" y="84">{`GPIO ${WIRING.led} · pin ${PIN.led}`}</text>
        <rect class="cap-base" x="244" y="100" width="36" height="36" rx="4" />
        <circle class="cap" cx="262" cy="118" r="12" />
        <text x="262" y="152">{`GPIO ${WIRING.button} · pin ${PIN.button}`}</text>
        <text x="262" y="168">{`${presses ?? '–'} presses`}</text>
      </svg>
      <figcaption>
        LED {inWords(led)}
        {onPress && (
          <button class="press" onClick={onPress}>
            Press the button
          </button>
        )}
      </figcaption>
    </figure>
  )
}

const pinX = (pin: number) => 22 + Math.floor((pin - 1) / 2) * 9.2

const inWords = (led: BoardProps['led']) => (led === undefined ? 'unknown' : led.isOn ? `blinks at ${led.frequencyHz} Hz` : 'off')

/**
 * Blinks as the LED does, up to 50 Hz as far as the screen can: it is far smaller than the area that WCAG 2.3.1 limits (a quarter of
 * 10° of sight), and stays lit for who asks for less motion.
 */
function Lamp({ led }: Pick<BoardProps, 'led'>) {
  const lamp = useRef<SVGCircleElement>(null)
  useEffect(() => {
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
    let frame = 0
    const step = (now: number) => {
      const isLit = led?.isOn === true && (isStill || ((now / 1000) * led.frequencyHz * 2) % 2 < 1)
      lamp.current?.classList.toggle('lit', isLit)
      frame = requestAnimationFrame(step)
    }
    frame = requestAnimationFrame(step)
    return () => cancelAnimationFrame(frame)
  }, [led?.isOn, led?.frequencyHz])
  return <circle ref={lamp} class="lamp" cx="262" cy="54" r="14" />
}
