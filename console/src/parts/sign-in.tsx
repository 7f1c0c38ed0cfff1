// console/src/parts/sign-in.tsx: asks who is there; in the sandbox one click is enough.
import { useState } from 'preact/hooks'
import type { ConsoleSettings } from '@fleet/contract/console-settings'
import { useAction } from '../asked.ts'
import { signIn, type Session } from '../cloud/session.ts'
import { fieldOf } from '../form.ts'
import { FailureNote } from './failure-note.tsx'

export interface SignInProps {
  readonly settings: ConsoleSettings
  readonly onSession: (session: Session) => void
}

export function SignIn({ settings, onSession }: SignInProps) {
  const { isUnderWay, failure, act } = useAction()
  const [asksNew, setAsksNew] = useState<{ readonly give: (password: string) => void }>()
  const enter = (username: string, password: string) =>
    void act(async () => {
      const newPassword = () => new Promise<string>((give) => setAsksNew({ give }))
      onSession(await signIn(settings, { username, password, newPassword }))
    })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (asksNew) asksNew.give(fieldOf(event, 'new-password'))
    else enter(fieldOf(event, 'username'), fieldOf(event, 'password'))
  }
  return (
    <main class="sign-in">
      <h1>Fleetwright {settings.sandbox ? 'sandbox' : settings.stage}</h1>
      {settings.sandbox?.users.map(({ name, password }) => (
        <button key={name} disabled={isUnderWay} onClick={() => enter(name, password)}>
          Sign in as {name}
        </button>
      ))}
      <form onSubmit={submit}>
        {asksNew ? (
          <Field name="new-password" label="A new password of your own" type="password" autocomplete="new-password" />
        ) : (
          <>
            <Field name="username" label="Name" type="text" autocomplete="username" />
            <Field name="password" label="Password" type="password" autocomplete="current-password" />
          </>
        )}
        <button disabled={isUnderWay && !asksNew}>Sign in</button>
      </form>
      <FailureNote failure={failure} />
    </main>
  )
}

const Field = ({ name, label, type, autocomplete }: { readonly name: string; readonly label: string; readonly type: 'text' | 'password'; readonly autocomplete: string }) => (
  <label>
    {label}
    {type === 'password' ? <input type="password" {...{ name, autocomplete }} required /> : <input type="text" {...{ name, autocomplete }} required />}
  </label>
)
