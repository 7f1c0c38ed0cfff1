// console/src/app.tsx: the console as a whole: who is signed in, what is connected, and the page that the address names.
import { useEffect, useState } from 'preact/hooks'
import { ConsoleSettings, CONSOLE_SETTINGS_FILE } from '@fleet/contract/console-settings'
import { pageOf, useAddress, type Page } from './address.ts'
import { useAsked } from './asked.ts'
import { cloudOf } from './cloud/clients.ts'
import { openMessages, type Link, type Listening } from './cloud/messages.ts'
import { signIn, type Session } from './cloud/session.ts'
import { FleetPage } from './pages/fleet.tsx'
import type { PageProps } from './pages/page-props.ts'
import { FailureNote } from './parts/failure-note.tsx'
import { Header } from './parts/header.tsx'
import { Later } from './parts/later.tsx'
import { SignIn } from './parts/sign-in.tsx'
import { usePis } from './sandbox/use-pis.ts'

/** Until the cloud is up there are no settings. */
const ASK_AGAIN_MS = 2000

export function App() {
  const settings = useAsked(readSettings, { about: 'settings', ...(!isKnown && { everyMs: ASK_AGAIN_MS }) })
  if (settings.value === undefined) return <main>{settings.failure ? <FailureNote failure={settings.failure} /> : <p role="status">Looking for the cloud …</p>}</main>
  return <SignedIn settings={settings.value} />
}

let isKnown = false

async function readSettings(signal: AbortSignal): Promise<ConsoleSettings> {
  const response = await fetch(CONSOLE_SETTINGS_FILE, { signal, cache: 'no-store' })
  if (!response.ok) throw Object.assign(new Error(), { code: 'CLOUD_STARTS', what: 'The cloud of this stage is not up yet.', remedy: 'Wait; the page goes on by itself.' })
  const settings = ConsoleSettings.parse(await response.json())
  isKnown = true
  return settings
}

function SignedIn({ settings }: { readonly settings: ConsoleSettings }) {
  const [session, setSession] = useState<Session>()
  const [first] = settings.sandbox?.users.filter(({ name }) => name === remembered()) ?? []
  const [isTrying, setTrying] = useState(first !== undefined)
  useEffect(() => {
    if (first === undefined) return
    signIn(settings, { username: first.name, password: first.password, newPassword: () => Promise.reject(new Error('the sandbox gives last passwords')) }).then(setSession, () => setTrying(false))
  }, [])
  const begin = (begun: Session | undefined) => {
    if (settings.sandbox) sessionStorage.setItem(WHO, begun?.username ?? '')
    setTrying(false)
    setSession(begun)
  }
  if (session) return <Console key={session.username} session={session} onLeave={() => begin(undefined)} />
  return isTrying ? <main><p role="status">Signing in …</p></main> : <SignIn settings={settings} onSession={begin} />
}

/** In the sandbox whoever opens the page is an operator at once; in this window one may be somebody else. */
const WHO = 'console-user'
const remembered = () => sessionStorage.getItem(WHO) ?? 'operator'

function Console({ session, onLeave }: { readonly session: Session; readonly onLeave: () => void }) {
  const [cloud] = useState(() => cloudOf(session))
  const [link, setLink] = useState<Link>('connecting')
  const messages = useMessages(session, setLink)
  const pis = usePis(session.settings.sandbox !== undefined)
  const address = useAddress()
  const page = pageOf(address)
  useEffect(() => {
    document.title = `${page} – Fleetwright ${session.settings.stage}`
  }, [page])
  return (
    <>
      <Header {...{ page, session, link, onLeave }} piLink={pis.link} />
      <main id="content" tabIndex={-1}>
        {pageNamed(page, { cloud, messages, pis: pis.pis, address })}
      </main>
    </>
  )
}

function useMessages(session: Session, onLink: (link: Link) => void): Listening | undefined {
  const [messages, setMessages] = useState<Listening>()
  useEffect(() => {
    let opened: Listening | undefined
    let isOver = false
    openMessages(session, onLink).then(
      (listening) => {
        if (isOver) return listening[Symbol.dispose]()
        opened = listening
        setMessages(opened)
      },
      () => onLink('lost'),
    )
    return () => {
      isOver = true
      opened?.[Symbol.dispose]()
    }
  }, [session])
  return messages
}

/** All but the first come when they are asked for. */
const LATER = {
  device: async () => (await import('./pages/device.tsx')).DevicePage,
  releases: async () => (await import('./pages/releases.tsx')).ReleasesPage,
  admission: async () => (await import('./pages/admission.tsx')).AdmissionPage,
  audit: async () => (await import('./pages/audit.tsx')).AuditPage,
  cost: async () => (await import('./pages/cost.tsx')).CostPage,
  faults: async () => (await import('./pages/faults.tsx')).FaultsPage,
} as const

function pageNamed(page: Page, props: PageProps) {
  return page === 'fleet' ? <FleetPage {...props} /> : <Later key={`${page} ${props.address['serial'] ?? ''}`} load={LATER[page]} props={props} />
}
