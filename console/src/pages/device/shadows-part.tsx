// console/src/pages/device/shadows-part.tsx: what is wished and what is reported, side by side; the wish can be written anew.
import { useEffect, useRef, useState } from 'preact/hooks'
import * as z from 'zod'
import { useAction } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { rewriteWish, SHADOW_NAMES, type ShadowDocument } from '../../cloud/shadows.ts'
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

interface Draft {
  readonly text: string
  /** The document as it was when the writing began. */
  readonly from: ShadowDocument | undefined
}

const NO_JSON = { what: 'This is no JSON object.', remedy: 'Write it as {"key": value}.' }

function Shadow({ cloud, serial, name, document, onWish }: ShadowProps) {
  const [draft, setDraft] = useState<Draft>()
  const { act, failure, isUnderWay } = useAction()
  const wanted = Desired.safeParse(jsonOf(draft?.text ?? ''))
  const isWrong = draft !== undefined && !wanted.success
  const save = () =>
    void act(() => rewriteWish(cloud, { serial, name, from: draft?.from, to: wanted.data ?? {} })).then((isDone) => {
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
          {draft ? (
            <Editor name={name} text={draft.text} canSave={!isWrong && !isUnderWay} onInput={(text) => setDraft({ ...draft, text })} onSave={save} onLeave={() => setDraft(undefined)} />
          ) : (
            <Read name={name} text={shown(document?.state.desired)} onEdit={() => setDraft({ text: shown(document?.state.desired), from: document })} />
          )}
        </div>
        <div>
          <h4>reported</h4>
          <pre>{shown(document?.state.reported)}</pre>
        </div>
      </div>
      {draft && <Command>{name === 'led' ? `fleet led ${serial} --frequency 5` : `aws iot-data update-thing-shadow --thing-name ${serial} --shadow-name ${name}`}</Command>}
      <FailureNote failure={isWrong ? NO_JSON : draft && failure} />
    </div>
  )
}

const Read = ({ name, text, onEdit }: { readonly name: string; readonly text: string; readonly onEdit: () => void }) => (
  <>
    <pre>{text}</pre>
    <button onClick={onEdit} aria-label={`Edit what is wished of ${name}`}>
      Edit
    </button>
  </>
)

interface EditorProps {
  readonly name: string
  readonly text: string
  readonly canSave: boolean
  readonly onInput: (text: string) => void
  readonly onSave: () => void
  readonly onLeave: () => void
}

function Editor({ name, text, canSave, onInput, onSave, onLeave }: EditorProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => area.current?.focus(), [])
  return (
    <>
      <textarea ref={area} aria-label={`Wished state of ${name}`} rows={5} value={text} onInput={({ currentTarget }) => onInput(currentTarget.value)} spellcheck={false} />
      <button onClick={onSave} disabled={!canSave}>
        Wish
      </button>
      <button onClick={onLeave}>Leave it</button>
    </>
  )
}
