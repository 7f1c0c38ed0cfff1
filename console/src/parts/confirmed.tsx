// console/src/parts/confirmed.tsx: a button for what concerns many devices: it asks once more, in place.
import { useState } from 'preact/hooks'

export interface ConfirmedProps {
  /** On the button. */
  readonly children: string
  readonly question: string
  readonly isDisabled: boolean
  readonly onConfirm: () => void
}

export function Confirmed({ children, question, isDisabled, onConfirm }: ConfirmedProps) {
  const [isAsking, setAsking] = useState(false)
  if (!isAsking) {
    return (
      <button disabled={isDisabled} onClick={() => setAsking(true)}>
        {children}
      </button>
    )
  }
  const confirm = () => {
    setAsking(false)
    onConfirm()
  }
  return (
    <span class="asking" role="group" aria-label={children}>
      {question}
      <button class="danger" disabled={isDisabled} onClick={confirm}>
        Yes
      </button>
      <button onClick={() => setAsking(false)}>No</button>
    </span>
  )
}
