// sandbox/src/cloud/iot-core/jobs/job-targets.ts: which things the targets of a job stand for.
import { arn, type Account } from '../../account.ts'
import type { DeviceRegistry } from '../../ports.ts'
import { invalidRequest, notFound } from '../registry/errors.ts'

export interface Target {
  readonly kind: 'thing' | 'thinggroup'
  readonly name: string
}

export interface JobTargets {
  /** @throws AwsError InvalidRequestException, ResourceNotFoundException */
  check(targets: readonly string[]): void
  /** Each thing once. */
  thingsOf(targets: readonly string[]): readonly string[]
  /** Whether the thing is one of the targets or in one of them. */
  include(targets: readonly string[], thingName: string): boolean
  arnOf(target: Target): string
}

export function jobTargets({ account, registry }: { readonly account: Account; readonly registry: DeviceRegistry }): JobTargets {
  const prefix = arn('iot', account, '')
  const read = (target: string): Target | undefined => {
    const [kind, name, ...rest] = target.startsWith(prefix) ? target.slice(prefix.length).split('/') : []
    return (kind === 'thing' || kind === 'thinggroup') && name && rest.length === 0 ? { kind, name } : undefined
  }
  const known = (target: string): Target[] => [read(target) ?? []].flat()
  const groupsAround = (thingName: string) => registry.groupsOf(thingName).flatMap((group) => [group, ...registry.ancestorsOf(group)])
  return {
    check(targets) {
      for (const target of targets) {
        const parsed = read(target)
        if (!parsed) throw invalidRequest(`${target} is not the ARN of a thing or thing group of this account and region`)
        const isThere = parsed.kind === 'thing' ? registry.thing(parsed.name) !== undefined : registry.isGroup(parsed.name)
        if (!isThere) throw notFound(`Target ${target} not found`)
      }
    },
    thingsOf: (targets) => [...new Set(targets.flatMap(known).flatMap(({ kind, name }) => (kind === 'thing' ? [name] : registry.thingsIn(name))))],
    include(targets, thingName) {
      const around = new Set(groupsAround(thingName))
      return targets.flatMap(known).some(({ kind, name }) => (kind === 'thing' ? name === thingName : around.has(name)))
    },
    arnOf: ({ kind, name }) => prefix + `${kind}/${name}`,
  }
}
