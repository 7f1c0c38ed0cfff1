// console/src/pages/device/components-part.tsx: what runs on the device, as Greengrass has heard it.
import { useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { componentsOf, type Component } from '../../cloud/components.ts'
import { Command, stageOption } from '../../parts/command.tsx'
import { FailureNote } from '../../parts/failure-note.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { Table, type TableColumn } from '../../parts/table.tsx'

const ASK_EVERY_MS = 10_000

const COLUMNS: readonly TableColumn<Component>[] = [
  { title: 'Component', isHead: true, cell: ({ name }) => name },
  { title: 'Version', cell: ({ version }) => version },
  { title: 'State', cell: ({ state }) => <StatePill>{state}</StatePill> },
]

export function ComponentsPart({ cloud, serial }: { readonly cloud: Cloud; readonly serial: string }) {
  const { value: components = [], failure } = useAsked(() => componentsOf(cloud, serial), { about: serial, everyMs: ASK_EVERY_MS })
  const { stage, sandbox } = cloud.session.settings
  return (
    <section aria-labelledby="components">
      <h2 id="components">Components</h2>
      <Table columns={COLUMNS} rows={components} keyOf={({ name }) => name} />
      <p class="tools">
        <Command>{`fleet status ${serial}${stageOption(stage, sandbox !== undefined)}`}</Command>
      </p>
      <FailureNote failure={failure} />
    </section>
  )
}
