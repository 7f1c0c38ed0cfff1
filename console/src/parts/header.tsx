// console/src/parts/header.tsx: the way to each page, how fresh all is, and who is signed in.
import { PAGES, type Page } from '../address.ts'
import type { Link } from '../cloud/messages.ts'
import type { Session } from '../cloud/session.ts'
import { PageLink } from './page-link.tsx'

const TITLES: Readonly<Partial<Record<Page, string>>> = { fleet: 'Fleet', releases: 'Releases', admission: 'Admission', audit: 'Audit', cost: 'Cost', faults: 'Faults' }

export interface HeaderProps {
  readonly page: Page
  readonly session: Session
  readonly link: Link
  readonly piLink: Link | undefined
  readonly onLeave: () => void
}

export function Header({ page, session: { settings, username, groups }, link, piLink, onLeave }: HeaderProps) {
  const shown = PAGES.flatMap((each) => (TITLES[each] === undefined || (each === 'faults' && !settings.sandbox) ? [] : [[each, TITLES[each]] as const]))
  return (
    <header>
      <a class="skip" href="#content">
        To the content
      </a>
      <p class="brand">
        <Mark />
        Fleetwright <span>{settings.sandbox ? 'sandbox' : settings.stage}</span>
      </p>
      <nav aria-label="Pages">
        {shown.map(([each, title]) => (
          <PageLink key={each} address={{ page: each }} isCurrent={each === page || (each === 'fleet' && page === 'device')}>
            {title}
          </PageLink>
        ))}
      </nav>
      <Freshness link={link} piLink={piLink} />
      <p class="who">
        {username} <span>{groups.join(', ')}</span> <button onClick={onLeave}>Sign out</button>
      </p>
    </header>
  )
}

const Mark = () => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <rect x="1" y="3" width="14" height="10" rx="2" fill="#17754a" />
    <circle cx="11" cy="8" r="2.4" fill="#ff5a3c" />
    <path d="M3 6h4M3 8h3M3 10h4" stroke="#fff" />
  </svg>
)

function Freshness({ link, piLink }: Pick<HeaderProps, 'link' | 'piLink'>) {
  const isStale = link === 'lost' || piLink === 'lost'
  const text = isStale ? 'connection lost: what you see is old; trying again' : link === 'live' ? 'live' : 'connecting …'
  return (
    <p id="connection" class={isStale ? 'stale' : link} role="status">
      {text}
    </p>
  )
}
