// console/src/pages/device/components-part.tsx: what runs on the device, as Greengrass has heard it.
import { useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { componentsOf } from '../../cloud/components.ts'
import { Command, stageOption } from '../../parts/command.tsx'
import { FailureNote } from '../../parts/failure-note.tsx'
import { StatePill } from '../../parts/state-pill.tsx'

const ASK_EVERY_MS = 10_000

export function ComponentsPart({ cloud, serial }: { readonly cloud: Cloud; readonly serial: string }) {
  const { value: components = [], failure } = useAsked(() => componentsOf(cloud, serial), { about: serial, everyMs: ASK_EVERY_MS })
  const { stage, sandbox } = cloud.session.settings
  return (
    <section aria-labelledby="components">
      <h2 id="components">Components</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Component</th>
            <th scope="col">Version</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {components.map(({ name, version, state }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{version}</td>
              <td>
                <StatePill>{state}</StatePill>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="tools">
        <Command>{`fleet status ${serial}${stageOption(stage, sandbox !== undefined)}`}</Command>
      </p>
      <FailureNote failure={failure} />
    </section>
  )
}
