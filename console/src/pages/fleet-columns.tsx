// console/src/pages/fleet-columns.tsx: what is shown of a device in the table; what takes a call of its own is asked for rows in sight alone.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Cloud } from '../cloud/clients.ts'
import type { Component } from '../cloud/components.ts'
import { certificatesOf, type Device } from '../cloud/fleet.ts'
import { PageLink } from '../parts/page-link.tsx'
import { StatePill } from '../parts/state-pill.tsx'
import type { Column } from '../parts/virtual-table.tsx'
import { ageDays, ago } from '../time.ts'
import { stateOf } from './fleet-selection.ts'

export function fleetColumns(cloud: Cloud): readonly Column<Device>[] {
  const details = detailsOf(cloud)
  return [
    { key: 'serial', title: 'Serial number', width: 'long', cell: ({ serial }) => <PageLink address={{ page: 'device', serial }}>{serial}</PageLink> },
    { key: 'state', title: 'State', cell: (device) => <StatePill>{stateOf(device)}</StatePill> },
    { key: 'seen', title: 'Since', isWide: true, cell: ({ seenAt }) => ago(seenAt) },
    { key: 'health', title: 'Health', isWide: true, cell: ({ serial }) => <Lazy ask={() => details(serial)} show={({ health }) => (health === undefined ? '–' : <StatePill>{health}</StatePill>)} /> },
    { key: 'components', title: 'Components', isWide: true, width: 'broad', cell: ({ serial }) => <Lazy ask={() => details(serial)} show={({ components }) => inWords(components)} /> },
    { key: 'certificate', title: 'Certificate', isWide: true, cell: ({ serial }) => <Lazy ask={() => details(serial)} show={({ certificateDays }) => (certificateDays === undefined ? '–' : `${certificateDays} days`)} /> },
  ]
}

interface Details {
  readonly components: readonly Component[] | undefined
  readonly health: string | undefined
  readonly certificateDays: number | undefined
}

/** Greengrass's client comes when the first row is there. */
const loadComponents = () => import('../cloud/components.ts')

const STOPPED_TO_SCROLL_MS = 150

/** One answer for both columns, remembered while the table is shown. */
function detailsOf(cloud: Cloud): (serial: string) => Promise<Details> {
  const known = new Map<string, Promise<Details>>()
  return (serial) => {
    let asked = known.get(serial)
    if (!asked) {
      asked = Promise.all([loadComponents().then(({ componentsOf, healthOf }) => Promise.all([componentsOf(cloud, serial), healthOf(cloud, serial)])).catch(() => []), certificatesOf(cloud, serial)]).then(([[components, health], [newest]]) => ({ components, health, certificateDays: newest?.madeAt && ageDays(newest.madeAt) }))
      asked.catch(() => known.delete(serial))
      known.set(serial, asked)
    }
    return asked
  }
}

function Lazy<T>({ ask, show }: { readonly ask: () => Promise<T>; readonly show: (value: T) => ComponentChildren }) {
  const [text, setText] = useState<ComponentChildren>('…')
  useEffect(() => {
    let isGone = false
    const timer = setTimeout(() => {
      ask().then(
        (value) => isGone || setText(show(value)),
        () => isGone || setText('–'), // the table's own question says why
      )
    }, STOPPED_TO_SCROLL_MS)
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [])
  return <>{text}</>
}

const inWords = (components: readonly Component[] | undefined) =>
  components === undefined || components.length === 0 ? '–' : components.map(({ name, version, state }) => `${name.replace(/^fleetwright\./, '')} ${version}${state === 'RUNNING' ? '' : ` ${state}`}`).join(', ')
