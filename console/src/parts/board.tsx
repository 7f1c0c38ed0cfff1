// console/src/parts/board.tsx: a board drawn as one sees it: header, wires, LED with its resistor, and button.
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

/** Header pins of the two parts and their grounds (docs/wiring.md). */
const PIN = { led: 11, ledGround: 9, button: 36, buttonGround: 34 } as const

export function Board({ serial, led, presses, onPress }: BoardProps) {
  return (
    <figure class="board">
      <svg viewBox="0 0 460 260" role="img" aria-label={`Board of ${serial}: LED ${inWords(led)}, button pressed ${presses ?? 0} times`}>
        <Circuit />
        <path class="wire of-led" d={`M ${pinX(PIN.led)} 72 V 92 H 205 V 22 H 330 V 44`} />
        <path class="wire ground" d={`M ${pinX(PIN.ledGround)} 72 V 100 H 213 V 14 H 360 V 58 H 353`} />
        <path class="wire of-button" d={`M ${pinX(PIN.button)} 62 V 36 H 300 V 158 H 320`} />
        <path class="wire ground" d={`M ${pinX(PIN.buttonGround)} 62 V 29 H 292 V 176 H 320`} />
        <rect class="leg" x="264" y="18" width="26" height="8" rx="3" />
        <text class="label" x="277" y="12">330 Ω</text>
        <Lamp led={led} />
        <text class="label" x="362" y="94">{`GPIO ${WIRING.led} · pin ${PIN.led}`}</text>
        <rect class="leg" x="316" y="154" width="8" height="8" />
        <rect class="leg" x="316" y="172" width="8" height="8" />
        <rect class="cap-base" x="322" y="146" width="44" height="44" rx="5" />
        <circle class="cap" cx="344" cy="168" r="14" />
        <text class="label" x="356" y="208">{`GPIO ${WIRING.button} · pin ${PIN.button}`}</text>
        <text class="label" x="356" y="222">{`${presses ?? '–'} presses`}</text>
      </svg>
      <figcaption>
        LED {inWords(led)}
        {onPress && (
          <button class="main" onClick={onPress}>
            Press the button
          </button>
        )}
      </figcaption>
    </figure>
  )
}

const pinX = (pin: number) => 40 + Math.floor((pin - 1) / 2) * 9.6

/** What every board has, without a meaning here. */
const Circuit = () => (
  <>
    <rect class="circuit" x="12" y="44" width="268" height="184" rx="10" />
    <path class="trace" d="M 50 110 H 96 L 112 126 M 50 118 H 92 L 112 138 M 176 150 H 214 L 232 132 M 176 160 H 220 L 240 140 M 120 176 V 204 H 60 M 130 176 V 212 H 80" />
    {[[24, 56], [268, 56], [24, 216], [268, 216]].map(([x, y]) => (
      <circle key={`${x} ${y}`} class="hole" cx={x} cy={y} r="5" />
    ))}
    <rect class="pins" x="34" y="55" width="195" height="24" rx="2" />
    {[...Array(20).keys()].flatMap((column) => [0, 1].map((row) => <circle key={`${column}-${row}`} class="pin" cx={40 + column * 9.6} cy={row === 0 ? 72 : 62} r="2.8" />))}
    <rect class="chip" x="112" y="112" width="64" height="64" rx="3" />
    <rect class="lid" x="119" y="119" width="50" height="50" rx="2" />
    <rect class="chip" x="52" y="134" width="34" height="24" rx="2" />
    {[96, 140, 184].map((y) => (
      <g key={y}>
        <rect class="port" x="246" y={y} width="42" height="34" rx="2" />
        <rect class="slot" x="280" y={y + 6} width="6" height="22" />
      </g>
    ))}
    <rect class="port" x="46" y="216" width="22" height="16" rx="2" />
    <rect class="port" x="92" y="218" width="30" height="14" rx="2" />
    <text class="silk" x="52" y="196">40-pin · 64 bit</text>
  </>
)

const inWords = (led: BoardProps['led']) => (led === undefined ? 'unknown' : led.isOn ? `blinks at ${led.frequencyHz} Hz` : 'off')

/**
 * Blinks as the LED does, up to 50 Hz as far as the screen can: it is far smaller than the area that WCAG 2.3.1 limits (a quarter of
 * 10° of sight), and stays lit for who asks for less motion.
 */
function Lamp({ led }: Pick<BoardProps, 'led'>) {
  const lamp = useRef<SVGGElement>(null)
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
  return (
    <g ref={lamp}>
      <circle class="glow" cx="338" cy="58" r="27" />
      <circle class="lamp" cx="338" cy="58" r="15" />
    </g>
  )
}
