// ops/src/teardown/render.ts: what a destruction would take and leave, and what became of it.
import type { Paint } from '../shell/paint.ts'
import type { Destroyed, DestroyPlan } from './destroy.ts'

const MOST_TYPES = 4

export function renderDestroyPlan({ stage, accountId, region, resources, provisioningBucket, stateBucket, secretsKeyAlias, devices, purgesDevices }: DestroyPlan, paint: Paint): string {
  const goes = (what: string) => `  ${paint('red', '- goes ')}  ${what}`
  const stays = (what: string) => `  ${paint('green', '= stays')}  ${what}`
  const ofDevices = `${counted(devices, 'device')}: ${devices === 1 ? 'thing, certificate' : 'things, certificates'}, shadows`
  return [
    `Stage ${stage}, account ${accountId}, ${region}`,
    goes(`the stack: ${stackText(resources)}`),
    goes(`what lies in it: the objects of ${provisioningBucket} (allowlist, releases, artifacts), the console with all who may sign in, images, logs`),
    ...(purgesDevices ? [goes(`${ofDevices}; they would need a new card to return`)] : []),
    stays(`${stateBucket}: state of the stack, claim certificate and its key`),
    stays(`${secretsKeyAlias}: the key of the secrets in that state; without it no older state can be opened`),
    ...(purgesDevices ? [] : [stays(`${ofDevices}; they cannot connect until the stage is deployed again`)]),
  ].join('\n')
}

function stackText(resources: DestroyPlan['resources']): string {
  const types = Object.entries(resources).sort(([, a], [, b]) => b - a)
  const total = types.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return 'there is none (any more)'
  const named = types.slice(0, MOST_TYPES).map(([type, count]) => `${count} ${type.replace('aws-native:', '')}`)
  return `${counted(total, 'resource')} (${[...named, ...(types.length > MOST_TYPES ? ['…'] : [])].join(', ')})`
}

export function renderDestroyed({ plan, approved, purged, madeWay, changes, left }: Destroyed, paint: Paint): string {
  if (!approved) return 'Nothing was changed.'
  const { stranded, objects, images } = madeWay
  const parts = [counted(changes.length, 'resource'), counted(objects, 'object'), counted(images, 'image'), ...(plan.purgesDevices ? [counted(purged, 'device')] : [])]
  const done = `${left.length === 0 ? paint('green', 'done:') : paint('red', 'not complete:')} stage ${plan.stage}: removed ${parts.join(', ')}`
  if (left.length > 0) return [done, ...left.map(({ type, id, why }) => `  ${paint('red', 'left')}  ${type} ${id}${why === undefined ? '' : ` (could not be looked at: ${why})`}`)].join('\n')
  const next = stranded === 0 ? [] : [`${counted(stranded, 'device')} wait${stranded === 1 ? 's' : ''} for the next stack: fleet deploy, fleet release publish, fleet deploy, fleet allowlist apply (each with --stage ${plan.stage})`]
  return [`${done}; nothing is left of it`, ...next].join('\n')
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
