// console/src/pages/device/shadows-part.tsx: what is wished and what is reported, side by side; the wish can be written anew.
import { useState } from 'preact/hooks'
import * as z from 'zod'
import { useAction } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { SHADOW_NAMES, wish, type ShadowDocument } from '../../cloud/shadows.ts'
import { Command } from '../../parts/command.tsx'
import { FailureNote } from '../../parts/failure-note.tsx'
import { jsonOf } from '../use-fleet.ts'
import type { Shadows } from './use-shadows.ts'

export interface ShadowsPartProps {
  readonly cloud: Cloud
  readonly serial: string
  readonly documents: Shadows
}

export const ShadowsPart = ({ cloud, serial, documents }: ShadowsPartProps) => (
  <section aria-labelledby="shadows">
    <h2 id="shadows">Shadows</h2>
    {SHADOW_NAMES.map((name) => (
      <Shadow key={name} {...{ cloud, serial, name }} document={documents.byName[name]} onWish={documents.again} />
    ))}
  </section>
)

interface ShadowProps {
  readonly cloud: Cloud
  readonly serial: string
  readonly name: string
  readonly document: ShadowDocument | undefined
  readonly onWish: () => void
}

const Desired = z.record(z.string(), z.unknown())
const shown = (state: Readonly<Record<string, unknown>> | null | undefined) => JSON.stringify(state ?? {}, null, 2)

function Shadow({ cloud, serial, name, document, onWish }: ShadowProps) {
  const [draft, setDraft] = useState<string>()
  const { act, failure, isUnderWay } = useAction()
  const wanted = Desired.safeParse(jsonOf(draft ?? ''))
  const save = () =>
    void act(() => wish(cloud, { serial, name, desired: wanted.data ?? {} })).then((isDone) => {
      if (isDone) setDraft(undefined)
      onWish()
    })
  return (
    <div class="shadow">
      <h3>
        {name} {document ? <small>version {document.version ?? '–'}</small> : <small>none yet</small>}
      </h3>
      <div class="sides">
        <div>
          <h4>wished</h4>
          {draft === undefined ? <pre>{shown(document?.state.desired)}</pre> : <textarea aria-label={`Wished state of ${name}`} rows={5} value={draft} onInput={({ currentTarget }) => setDraft(currentTarget.value)} spellcheck={false} />}
          {draft === undefined ? (
            <button onClick={() => setDraft(shown(document?.state.desired))}>Edit</button>
          ) : (
            <>
              <button onClick={save} disabled={!wanted.success || isUnderWay}>
                Wish
              </button>
              <button onClick={() => setDraft(undefined)}>Leave it</button>
            </>
          )}
        </div>
        <div>
          <h4>reported</h4>
          <pre>{shown(document?.state.reported)}</pre>
        </div>
      </div>
      {draft !== undefined && <Command>{name === 'led' ? `fleet led ${serial} --frequency 5` : `aws iot-data update-thing-shadow --thing-name ${serial} --shadow-name ${name}`}</Command>}
      <FailureNote failure={failure ?? (draft !== undefined && !wanted.success ? { what: 'This is no JSON object.', remedy: 'Write it as {"key": value}.' } : undefined)} />
    </div>
  )
}
