// console/src/pages/fleet.tsx: all devices of the stage: at a glance, as a table that is searched, filtered, sorted and live, and as a map of waves.
import { useMemo } from 'preact/hooks'
import { refine } from '../address.ts'
import type { PageProps } from './page-props.ts'
import { FailureNote } from '../parts/failure-note.tsx'
import { Command, stageOption } from '../parts/command.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { VirtualTable } from '../parts/virtual-table.tsx'
import { WaveMap } from '../parts/wave-map.tsx'
import { AlarmsPart } from './alarms/alarms-part.tsx'
import { Tiles } from './fleet/tiles.tsx'
import { useLiveCounts } from './fleet/use-live-counts.ts'
import { detailsOf, useDetails } from './fleet/details.ts'
import { useFleetColumns } from './fleet-columns.tsx'
import { isByDetails, isFilter, FILTERS, isQuery, selected } from './fleet-selection.ts'
import { useRollout } from './releases/use-rollout.ts'
import { useFleet } from './use-fleet.ts'

export function FleetPage({ cloud, messages, address }: PageProps) {
  const { q = '', sort = 'serial', filter: wanted = '', view = 'table' } = address
  const fleet = useFleet(cloud, messages, isQuery(q) ? q : '')
  const { devices, isComplete, failure, again } = fleet
  const rollout = useRollout(cloud, isQuery(q) ? undefined : { members: isComplete ? devices.map(({ serial }) => serial) : undefined })
  const counts = useLiveCounts(cloud, messages, isComplete && !isQuery(q) ? devices.filter(({ isOnline }) => isOnline).length : undefined)
  const filter = isFilter(wanted) ? wanted : 'all'
  const isDescending = sort.startsWith('-')
  const by = sort.replace(/^-/, '')
  const unhealthy = rollout.value?.unhealthy
  const book = useMemo(() => detailsOf(cloud), [cloud])
  const { known: details, see } = useDetails(book, isComplete && isByDetails(by) ? devices : undefined)
  const rows = useMemo(() => selected(devices, { q, filter, by, isDescending, unhealthy, details }), [devices, q, filter, by, isDescending, unhealthy, isByDetails(by) && details])
  const columns = useFleetColumns(details)
  const { stage, sandbox } = cloud.session.settings
  return (
    <>
      <div class="head">
        <h1>Fleet</h1>
        <Tabs label="View" name="view" address={address} views={[['table', 'Table'], ['waves', 'Map of waves']]} />
      </div>
      <Tiles devices={devices} counts={counts} rollout={rollout.value} />
      <AlarmsPart {...{ cloud, messages }} />
      <FailureNote failure={failure ?? rollout.failure} />
      {view === 'waves' && <section aria-label="Map of waves">{rollout.value ? <WaveMap waves={rollout.value.waves} /> : <p role="status">{rollout.at ? 'Nothing is deployed yet.' : 'asking …'}</p>}</section>}
      {view !== 'waves' && (
        <>
          <Search {...{ q, filter, again }} command={`fleet status${stageOption(stage, sandbox !== undefined)}`} />
          <p role="status" class="count">
            {isComplete || devices.length > 0 ? `${rows.length} of ${devices.length} devices${isComplete ? '' : ', more are coming'}${isByDetails(by) && details.size < devices.length ? `; ${details.size} could be put in order until now` : ''}` : 'asking …'}
          </p>
          <VirtualTable label="The fleet" columns={columns} rows={rows} onSight={see} sort={{ by, isDescending }} onSort={(key) => refine({ sort: key === by && !isDescending ? `-${key}` : key })} />
        </>
      )}
    </>
  )
}

const Search = ({ q, filter, again, command }: { readonly q: string; readonly filter: string; readonly again: () => void; readonly command: string }) => (
  <form class="tools" role="search" onSubmit={(event) => event.preventDefault()}>
    <label>
      Serial number
      <input type="search" value={q} placeholder="or shadow.name.led.reported.on:false" size={34} title="Part of a serial number, or a query of the fleet index: field:value, joined by AND" onInput={({ currentTarget }) => refine({ q: currentTarget.value })} autocomplete="off" spellcheck={false} />
    </label>
    <label>
      Show
      <select value={filter} onChange={({ currentTarget }) => refine({ filter: currentTarget.value })}>
        {FILTERS.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
    <button type="button" onClick={again}>
      Ask again
    </button>
    <Command>{command}</Command>
  </form>
)
