// console/src/pages/fleet-columns.tsx: what is shown of a device in the table; what takes a call of its own is asked for rows in sight alone.
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Device } from '../cloud/fleet.ts'
import { PageLink } from '../parts/page-link.tsx'
import { StatePill } from '../parts/state-pill.tsx'
import type { Column } from '../parts/virtual-table.tsx'
import { ago } from '../time.ts'
import type { Details, DetailsBook } from './fleet/details.ts'
import { componentsInWords, stateOf } from './fleet-selection.ts'

const AGES_EVERY_MS = 10_000

/** New ones, by which the rows are drawn anew, when more is known, and now and then: they show ages. */
export function useFleetColumns(known: DetailsBook['known']): readonly Column<Device>[] {
  const [tick, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setTick((former) => former + 1), AGES_EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return useMemo(() => fleetColumns(known), [known, tick])
}

function fleetColumns(known: DetailsBook['known']): readonly Column<Device>[] {
  const detail = (show: (details: Details) => ComponentChildren) => ({ serial }: Device) => {
    const details = known.get(serial)
    return details === undefined ? '…' : show(details)
  }
  return [
    { key: 'serial', title: 'Serial number', width: 'long', cell: linked },
    { key: 'state', title: 'State', cell: (device) => <StatePill>{stateOf(device)}</StatePill> },
    { key: 'seen', title: 'Since', isWide: true, cell: ({ seenAt }) => ago(seenAt) },
    { key: 'health', title: 'Health', isWide: true, cell: detail(({ health }) => (health === undefined ? '–' : <StatePill>{health}</StatePill>)) },
    { key: 'components', title: 'Components', isWide: true, width: 'broad', cell: detail(({ components }) => componentsInWords(components)) },
    { key: 'certificate', title: 'Certificate', isWide: true, cell: detail(({ certificateDays }) => (certificateDays === undefined ? '–' : `${certificateDays} days`)) },
  ]
}

/** The focus stays with its device: a row is drawn into the place of another one. */
const linked = ({ serial }: Device) => (
  <PageLink key={serial} address={{ page: 'device', serial }}>
    {serial}
  </PageLink>
)
