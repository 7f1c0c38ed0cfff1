// sandbox/src/site/nucleus/deployments/group-records.ts: which group brought which components, kept in the configuration of the deployment service.
import type { RootComponent } from '../components/dependency-resolution.ts'
import type { ConfigStore } from '../config/config-store.ts'
import { replacing } from '../config/merge-behaviour.ts'
import { isJsonObject, numberOf, textOf, type JsonObject } from '../json.ts'
import { DEPLOYMENT_SERVICE } from '../lifecycle/builtin.ts'
import type { Services } from '../lifecycle/services.ts'
import type { DeploymentDocument } from './document.ts'

export interface GroupRecords {
  /** Groups that have components here, and are thing groups. */
  readonly knownThingGroups: () => ReadonlySet<string>
  /** Root components that other groups of the device keep: `memberships` are its thing groups now. */
  readonly rootsOfOthers: (group: string, memberships: ReadonlySet<string>) => RootComponent[]
  /** Until the deployment has succeeded, to forget groups that the device has left. */
  readonly noteMemberships: (groups: ReadonlySet<string>) => void
  readonly record: (document: DeploymentDocument) => void
  /** Of the last deployment to this group. */
  readonly lastDeployment: (group: string) => { readonly createdAt: number; readonly configurationArn: string }
  /** ARNs of the deployments that brought a component, be it as a dependency. */
  readonly configurationArns: (component: string) => string[]
  readonly isRoot: (component: string) => boolean
}

const ROOTS = ['services', DEPLOYMENT_SERVICE, 'GroupToRootComponents']
const LAST = ['services', DEPLOYMENT_SERVICE, 'GroupToLastDeployment']
const MEMBERSHIP = ['services', DEPLOYMENT_SERVICE, 'GroupMembership']
const COMPONENTS = ['services', DEPLOYMENT_SERVICE, 'ComponentToGroups']

/** Deployments to the one thing are of no thing group. */
const isOwn = (group: string) => group.startsWith('thing/') || group === 'LOCAL_DEPLOYMENT'

export function groupRecords(config: ConfigStore, services: () => Services, now: () => Date): GroupRecords {
  const groups = () => Object.entries(config.plain(...ROOTS)).flatMap(([group, roots]) => (isJsonObject(roots) ? [[group, roots] as const] : []))
  const replace = (path: readonly string[], map: JsonObject) => config.merge(path, map, replacing(now().getTime()))

  function forgetLeftGroups(): void {
    const memberships = config.plain(...MEMBERSHIP)
    for (const path of [ROOTS, LAST]) for (const group of Object.keys(config.plain(...path))) if (!isOwn(group) && memberships[group] === undefined) config.remove([...path, group])
    config.remove(MEMBERSHIP)
  }
  /** From each root component on down to all that it needs. */
  function recordComponents(): void {
    const found = new Map<string, Record<string, string>>()
    const note = (component: string, arn: string, group: string) => {
      const known = found.get(component) ?? {}
      if (arn in known) return
      found.set(component, { ...known, [arn]: group })
      for (const needed of services().find(component)?.dependencies.keys() ?? []) note(needed.name, arn, group)
    }
    for (const [, roots] of groups()) for (const [component, root] of Object.entries(roots)) if (isJsonObject(root)) note(component, textOf(root.groupConfigArn), textOf(root.groupConfigName))
    replace(COMPONENTS, Object.fromEntries(found))
  }
  return {
    knownThingGroups: () => new Set(groups().flatMap(([group]) => (isOwn(group) ? [] : [group]))),
    rootsOfOthers: (own, memberships) =>
      groups()
        .filter(([group]) => group !== own && (isOwn(group) || memberships.has(group)))
        .flatMap(([group, roots]) => Object.entries(roots).map(([name, root]) => ({ group, name, version: isJsonObject(root) ? textOf(root.version) : '' }))),
    noteMemberships(memberships) {
      config.remove(MEMBERSHIP)
      replace(MEMBERSHIP, Object.fromEntries([...memberships].map((group) => [group, null])))
    },
    record({ group, configurationArn, createdAt, components }) {
      forgetLeftGroups()
      replace([...LAST, group], { timestamp: createdAt, configArn: configurationArn })
      replace([...ROOTS, group], Object.fromEntries(components.map(({ name, version }) => [name, { version, groupConfigName: group, groupConfigArn: configurationArn }])))
      recordComponents()
    },
    lastDeployment(group) {
      const { timestamp, configArn } = config.plain(...LAST, group)
      return { createdAt: numberOf(timestamp, 0), configurationArn: textOf(configArn) }
    },
    configurationArns: (component) => Object.keys(config.plain(...COMPONENTS, component)),
    isRoot: (component) => groups().some(([, roots]) => roots[component] !== undefined),
  }
}
