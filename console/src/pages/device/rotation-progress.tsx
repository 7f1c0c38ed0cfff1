// console/src/pages/device/rotation-progress.tsx: the latest rotation of a device: its steps, and when it took them.
import { useRef } from 'preact/hooks'
import type { RotationState } from '../../cloud/rotation.ts'
import { Chart } from '../../parts/chart.tsx'
import { FORWARD, isBack, reached, rotationPoints } from './rotation-points.ts'

const TITLES: Readonly<Record<(typeof FORWARD)[number], string>> = { 'key-made': 'new key made', signed: 'signed by the cloud', proven: 'proven by a connection', done: 'old one retired' }

export function RotationProgress({ rotation }: { readonly rotation: RotationState }) {
  const seen = useRef<readonly RotationState[]>([])
  const last = seen.current.at(-1)
  if (last?.step !== rotation.step || last?.status !== rotation.status) seen.current = [...seen.current, rotation]
  const wentBack = isBack(rotation)
  return (
    <>
      <ol class="steps" aria-label="Latest rotation">
        {FORWARD.map((step, index) => (
          <li key={step} class={index < reached(rotation) ? 'reached' : ''}>
            {TITLES[step]}
          </li>
        ))}
        {wentBack && <li class="failed">{`rolled back: ${rotation.reason ?? rotation.status}`}</li>}
        {rotation.status === 'QUEUED' && <li>waits for the device</li>}
      </ol>
      <Chart label="Progress of the latest rotation" unit={` of ${FORWARD.length} steps`} look="steps" colour={wentBack ? '--bad' : '--good'} height={96} most={FORWARD.length} points={rotationPoints(seen.current, Date.now())} />
    </>
  )
}
