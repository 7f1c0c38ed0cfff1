// console/src/pages/device/logs-part.tsx: the logs of a component, as the device has uploaded them. Its words are only ever text.
import { COMPONENTS } from '@fleet/contract/names'
import { useEffect, useRef } from 'preact/hooks'
import { refine, type Address } from '../../address.ts'
import { useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { logsOf } from '../../cloud/device-logs.ts'
import { Command, stageOption } from '../../parts/command.tsx'
import { FailureNote } from '../../parts/failure-note.tsx'
import { clockTime } from '../../time.ts'

export interface LogsPartProps {
  readonly cloud: Cloud
  readonly serial: string
  readonly address: Address
}

const ASK_EVERY_MS = 5000
const SOURCES = [...COMPONENTS, 'system'] as const

export function LogsPart({ cloud, serial, address: { log } }: LogsPartProps) {
  const component = SOURCES.find((each) => each === log) ?? 'led'
  const { value: lines, failure } = useAsked(() => logsOf(cloud, serial, component), { about: `${serial} ${component}`, everyMs: ASK_EVERY_MS })
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.scrollTo({ top: box.current.scrollHeight }), [lines?.at(-1)?.id])
  const { stage, sandbox } = cloud.session.settings
  return (
    <section aria-labelledby="logs" class="full">
      <h2 id="logs">Logs</h2>
      <div class="tools">
        <label>
          Of
          <select value={component} onChange={({ currentTarget }) => refine({ log: currentTarget.value })}>
            {SOURCES.map((each) => (
              <option key={each} value={each}>
                {each === 'system' ? 'the nucleus' : each}
              </option>
            ))}
          </select>
        </label>
        <Command>{`fleet logs ${serial} ${component}${stageOption(stage, sandbox !== undefined)}`}</Command>
      </div>
      <FailureNote failure={failure} />
      {lines?.length === 0 && <p>Nothing was uploaded in the last hour. A device uploads every few minutes.</p>}
      <div class="log" ref={box} tabIndex={0} role="region" aria-label={`Log of ${component}`}>
        {lines?.map(({ id, at, level, text }) => (
          <pre key={id} class={level}>
            <time dateTime={at.toISOString()}>{clockTime(at)}</time> {level === 'info' ? '' : `${level}: `}
            {text}
          </pre>
        ))}
      </div>
    </section>
  )
}
