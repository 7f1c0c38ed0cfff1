// ops/src/release/render.ts: what a release would publish, or has published, in words.
import type { Paint, Style } from '../shell/paint.ts'
import type { ReleaseStep } from './plan-release.ts'
import type { Published, ReleasePlan } from './publish-release.ts'

const LOOKS: Readonly<Record<ReleaseStep['action'], readonly [sign: string, style: Style]>> = { add: ['+ add', 'green'], change: ['~ change', 'yellow'], keep: ['= keep', 'dim'], remove: ['- remove', 'red'] }
const SIGN_WIDTH = 8

export function renderReleasePlan({ steps, current }: ReleasePlan, paint: Paint): string {
  const changes = steps.filter(({ action }) => action !== 'keep').length
  const end = changes === 0 ? `nothing to publish: release ${current ?? ''} has all of this` : `${changes} of ${steps.length} components to publish`
  return [...steps.map((step) => line(step, paint)), '', end].join('\n')
}

function line({ name, action, version, from }: ReleaseStep, paint: Paint): string {
  const [sign, style] = LOOKS[action]
  const versions = action === 'change' ? `${from ?? ''} → ${version ?? ''}` : (version ?? from ?? '')
  return `${paint(style, sign.padEnd(SIGN_WIDTH))} ${name} ${versions}`
}

export function renderPublished({ steps, current, release }: Published, paint: Paint): string {
  if (current === release && steps.every(({ action }) => action === 'keep')) return `nothing to publish: release ${release} has all of this`
  return [...steps.map((step) => line(step, paint)), '', `${paint('green', 'done:')} release ${release} is current. It reaches the devices with: fleet deploy`].join('\n')
}
