// console/src/pages/fleet.tsx: all devices of the stage in one table: searched, filtered, sorted, live.
import { useMemo } from 'preact/hooks'
import { refine } from '../address.ts'
import type { PageProps } from './page-props.ts'
import { FailureNote } from '../parts/failure-note.tsx'
import { Command, stageOption } from '../parts/command.tsx'
import { VirtualTable } from '../parts/virtual-table.tsx'
import { fleetColumns } from './fleet-columns.tsx'
import { isFilter, FILTERS, selected } from './fleet-selection.ts'
import { useFleet } from './use-fleet.ts'

export function FleetPage({ cloud, messages, address }: PageProps) {
  const { devices, isComplete, failure, again } = useFleet(cloud, messages)
  const { q = '', sort = 'serial', filter: wanted = '' } = address
  const filter = isFilter(wanted) ? wanted : 'all'
  const isDescending = sort.startsWith('-')
  const by = sort.replace(/^-/, '')
  const rows = useMemo(() => selected(devices, { q, filter, by, isDescending }), [devices, q, filter, by, isDescending])
  const columns = useMemo(() => fleetColumns(cloud), [cloud])
  const { stage, sandbox } = cloud.session.settings
  return (
    <>
      <h1>Fleet</h1>
      <form class="tools" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          Serial number
          <input type="search" value={q} onInput={({ currentTarget }) => refine({ q: currentTarget.value })} autocomplete="off" spellcheck={false} />
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
        <Command>{`fleet status${stageOption(stage, sandbox !== undefined)}`}</Command>
      </form>
      <FailureNote failure={failure} />
      <p role="status" class="count">
        {isComplete || devices.length > 0 ? `${rows.length} of ${devices.length} devices${isComplete ? '' : ', more are coming'}` : 'asking …'}
      </p>
      <VirtualTable label="The fleet" columns={columns} rows={rows} keyOf={({ serial }) => serial} sort={{ by, isDescending }} onSort={(key) => refine({ sort: key === by && !isDescending ? `-${key}` : key })} />
    </>
  )
}
