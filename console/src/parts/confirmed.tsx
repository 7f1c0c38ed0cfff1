// console/src/parts/confirmed.tsx: a button for what concerns many devices: it asks once more, in place.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface ConfirmedProps {
  /** On the button. */
  readonly children: string
  readonly question: string
  readonly isDisabled: boolean
  readonly onConfirm: () => void
}

/** The focus goes to the question, and back to the button; Escape says no. */
export function Confirmed({ children, question, isDisabled, onConfirm }: ConfirmedProps) {
  const [isAsking, setAsking] = useState(false)
  const [button, no] = [useRef<HTMLButtonElement>(null), useRef<HTMLButtonElement>(null)]
  const wasAsking = useRef(false)
  useLayoutEffect(() => {
    if (isAsking) no.current?.focus()
    else if (wasAsking.current) button.current?.focus()
    wasAsking.current = isAsking
  }, [isAsking])
  if (!isAsking) {
    return (
      <button ref={button} disabled={isDisabled} onClick={() => setAsking(true)}>
        {children}
      </button>
    )
  }
  const confirm = () => {
    setAsking(false)
    onConfirm()
  }
  return (
    <span class="asking" role="group" aria-label={question} onKeyDown={({ key }) => key === 'Escape' && setAsking(false)}>
      {question}
      <button class="danger" disabled={isDisabled} onClick={confirm}>
        Yes
      </button>
      <button ref={no} onClick={() => setAsking(false)}>
        No
      </button>
    </span>
  )
}
