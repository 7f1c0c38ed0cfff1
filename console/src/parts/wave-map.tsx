// console/src/parts/wave-map.tsx: every device of the stage as a small square, wave by wave, in the colour of how it fares with the deployment.
import { FATES, type Fate, type Wave } from '../cloud/waves.ts'
import { Squares } from './wave-squares.tsx'

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
      <p id="how-to-walk" class="hint">Each square is a device: click one, or choose one by the arrow keys and press Enter.</p>
      <Legend devices={waves.flatMap(({ devices }) => devices)} />
      <ol class="waves">
        {shown.map(({ title, devices }) => (
          <li key={title}>
            <div>
              <h3>{title}</h3>
              <small>{inWords(countsOf(devices))}</small>
            </div>
            <Squares label={`${title}: ${inWords(countsOf(devices))}`} devices={devices} />
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
