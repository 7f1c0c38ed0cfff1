// ops/src/deploy/render.ts: how a deploy goes, and what it has changed.
import type { Paint } from '../shell/paint.ts'
import type { Operation, StackProgress, StackResult } from '../stack/stack-engine.ts'
import type { Deployed } from './deploy.ts'

const SIGNS: Readonly<Record<Operation, string>> = { create: '+', update: '~', replace: '±', delete: '-', keep: '=' }

/** A line for each resource that was changed; undefined for what needs none. */
export function renderProgress({ operation, state, name, type, tookMs, why }: StackProgress, paint: Paint): string | undefined {
  if (operation === 'keep' || state === 'started' || state === 'planned') return undefined
  const sign = `${SIGNS[operation]} ${operation}`.padEnd(9)
  if (state === 'failed') return `${paint('red', sign)} ${name} (${type}) ${paint('red', 'failed')}${why === undefined ? '' : `: ${why}`}`
  return `${paint('green', sign)} ${name} ${paint('dim', `(${type}${tookMs === undefined ? '' : `, ${(tookMs / 1000).toFixed(1)} s`})`)}`
}

export function renderDeployed({ stage, release, canary, changes, unchanged, claim, console }: Deployed, paint: Paint): string {
  const count = (operation: Operation) => changes.filter((change) => change.operation === operation).length
  const done = (['create', 'update', 'replace', 'delete'] as const).filter((operation) => count(operation) > 0).map((operation) => `${count(operation)} ${operation}d`)
  return [
    `${paint('green', 'done:')} stage ${stage}: ${[...done, `${unchanged} unchanged`].join(', ')}`,
    release === undefined ? `No release yet, so devices get no components. Next: fleet release publish --stage ${stage}, then fleet deploy` : `release ${release}${canary === undefined ? '' : `, in waves: at first to ${canary} ${canary === 1 ? 'device' : 'devices'} a minute`}`,
    ...(console ? [`console ${console.url}${console.uploaded.length > 0 ? ` (${console.uploaded.length} files uploaded)` : ''}`] : []),
    ...(claim.outcome === 'kept' && claim.policy === 'kept' ? [] : [`claim certificate ${claim.outcome}, policy ${claim.policy}`]),
    ...(claim.status === 'ACTIVE' ? [] : [paint('red', `The claim certificate is ${claim.status}: no new device can join.`)]),
  ].join('\n')
}

export function renderPreview({ changes, unchanged }: StackResult, paint: Paint): string {
  const lines = changes.map(({ operation, name, type, properties }) => `${paint(STYLES[operation], `${SIGNS[operation]} ${operation}`.padEnd(9))} ${name} ${paint('dim', `(${[type, ...properties].join(', ')})`)}`)
  return [...lines, `${changes.length} to change, ${unchanged} unchanged; nothing was changed`].join('\n')
}

const STYLES = { create: 'green', update: 'yellow', replace: 'yellow', delete: 'red' } as const
