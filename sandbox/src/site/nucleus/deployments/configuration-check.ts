// sandbox/src/site/nucleus/deployments/configuration-check.ts: asks components that judge their configuration whether the next one is good.
import { isDeepStrictEqual } from 'node:util'
import type { ConfigStore } from '../config/config-store.ts'
import { plain } from '../config/config-tree.ts'
import type { ConfigurationJudges } from '../ipc/configuration-judges.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { Services } from '../lifecycle/services.ts'
import { TimeoutError, within } from '../timing.ts'
import { DeploymentError } from './deployment-error.ts'
import type { DeploymentDocument } from './document.ts'
import type { ServicesConfig } from './service-resolution.ts'

export interface CheckOptions {
  readonly config: ConfigStore
  readonly services: Services
  readonly judges: ConfigurationJudges
}

/** @throws DeploymentError */
export async function checkConfigurations(wanted: ServicesConfig, deploymentId: string, document: DeploymentDocument, { config, services, judges }: CheckOptions): Promise<void> {
  const changing = Object.entries(wanted).filter(([name, service]) => services.find(name)?.bootstrap !== undefined && changesConfigurationOnly(name, service, { config, at: document.createdAt }))
  const asked = changing.map(([name, { configuration }]) => ({ name, verdict: judges.ask(name, deploymentId, isJsonObject(configuration) ? configuration : {}) }))
  try {
    if (asked.every(({ verdict }) => verdict === undefined)) return
    // As the nucleus, this waits for all whose configuration changes, also for those that do not judge and will never answer.
    const verdicts = Promise.all(asked.map(({ verdict }) => verdict ?? new Promise<never>(() => {})))
    const rejections = (await within(document.validationTimeoutMs, verdicts, 'validation')).flatMap(({ isAccepted, message }, index) => (isAccepted ? [] : [` { name = ${asked[index]?.name ?? ''}, message = ${message} }`]))
    if (rejections.length > 0) throw invalid(`Components reported that their to-be-deployed configuration is invalid${rejections.join('')}`)
  } catch (error) {
    if (error instanceof TimeoutError) throw invalid('Error while waiting for validation report for one or more components:null')
    throw error
  } finally {
    for (const { name } of asked) judges.forget(name, deploymentId)
  }
}

const invalid = (what: string) => new DeploymentError(what, { codes: ['COMPONENT_CONFIGURATION_NOT_VALID'] })

/** A component whose version changes is not asked: the running one may not know the keys of the next. */
function changesConfigurationOnly(name: string, wanted: JsonObject, { config, at }: { config: ConfigStore; at: number }): boolean {
  const changes = (key: string) => {
    const current = config.find('services', name, key)
    if (current === undefined) return wanted[key] !== undefined
    return at > current.modifiedAt && !isDeepStrictEqual(wanted[key], current.kind === 'leaf' ? current.value : plain(current))
  }
  return !changes('version') && changes('configuration')
}
