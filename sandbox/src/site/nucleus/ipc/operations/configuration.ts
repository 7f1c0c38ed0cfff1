// sandbox/src/site/nucleus/ipc/operations/configuration.ts: components read configurations, change their own, hear of changes, and judge new ones.
import type { ConfigStore } from '../../config/config-store.ts'
import type { ConfigChange } from '../../config/config-tree.ts'
import { merging } from '../../config/merge-behaviour.ts'
import { isJsonObject, stringsOf, textOf, type JsonObject } from '../../json.ts'
import type { ConfigurationJudges } from '../configuration-judges.ts'
import { configurationValue, type GsonValue } from '../gson.ts'
import { IpcError } from '../ipc-error.ts'
import { streaming, unary, type IpcCall, type IpcOperations } from '../operation.ts'

export function configurationOperations(config: ConfigStore, judges: ConfigurationJudges, now: () => Date): IpcOperations {
  return {
    GetConfiguration: unary((call) => read(config, call)),
    UpdateConfiguration: unary(({ component, request }) => {
      update(config, component, request, now)
      return {}
    }),
    SubscribeToConfigurationUpdate: streaming(({ component, request, stream }) => {
      const path = pathOf(component, request)
      if (config.find('services', path[1] ?? '') === undefined || (stringsOf(request.keyPath).length > 0 && config.find(...path) === undefined)) throw notFound()
      stream.onClose(config.onChange(path, (change) => isHeard(change) && stream.send('ConfigurationUpdateEvents', updateEvent(path[1] ?? '', change))))
      return {}
    }),
    SubscribeToValidateConfigurationUpdates: streaming(({ component, stream }) => {
      const judge = (deploymentId: string, configuration: JsonObject) => stream.send('ValidateConfigurationUpdateEvents', { validateConfigurationUpdateEvent: { configuration, deploymentId } })
      stream.onClose(judges.add(component, judge))
      return {}
    }),
    SendConfigurationValidityReport: unary(({ component, request: { configurationValidityReport: report } }) => {
      const { deploymentId, status, message } = isJsonObject(report) ? report : {}
      if (typeof deploymentId !== 'string') throw new IpcError('InvalidArgumentsError', 'Cannot accept configuration validity report, the deployment ID provided was null')
      const isTaken = judges.judged(component, deploymentId, { isAccepted: status !== 'REJECTED', message: textOf(message) })
      if (!isTaken) throw new IpcError('InvalidArgumentsError', 'Validation request either timed out or was never made')
      return {}
    }),
  }
}

/** Services, component, `configuration` and the keys. */
const pathOf = (component: string, { componentName, keyPath }: JsonObject): string[] => ['services', textOf(componentName) || component, 'configuration', ...stringsOf(keyPath)]

const notFound = () => new IpcError('ResourceNotFoundError', 'Key not found')

function read(config: ConfigStore, { component, request }: IpcCall): GsonValue {
  const path = pathOf(component, request)
  const node = config.find(...path)
  if (node === undefined) throw notFound()
  const value = node.kind === 'leaf' ? { [node.name]: node.value } : config.plain(...path)
  return { componentName: path[1] ?? '', value: configurationValue(value) }
}

const RESTRICTED = 'accessControl'

function update(config: ConfigStore, component: string, request: JsonObject, now: () => Date): void {
  const { timestamp, valueToMerge: value } = request
  if (typeof timestamp !== 'number') throw new IpcError('InvalidArgumentsError', 'Timestamp is required')
  if (!isJsonObject(value)) throw new IpcError('InvalidArgumentsError', 'ValueToMerge is required')
  const keys = stringsOf(request.keyPath)
  if (keys.length === 0 ? RESTRICTED in value : keys[0] === RESTRICTED) throw new IpcError('InvalidArgumentsError', `Config update is not allowed for following fields [${RESTRICTED}]`)
  const path = ['services', component, 'configuration', ...keys]
  const there = config.find(...path)
  const at = timestamp * 1000 // the wire has seconds
  if (there === undefined) return config.merge(path, value, merging(now().getTime())) // what is new has no earlier time to compare
  if (there.kind === 'leaf') config.merge(path.slice(0, -1), { [there.name]: value }, merging(at))
  else config.merge(path, value, merging(at))
  if (at < (config.find(...path)?.modifiedAt ?? 0)) throw new IpcError('FailedUpdateConditionCheckError', "Proposed timestamp is older than the config's latest modified timestamp")
}

/** A new leaf is told of twice, when it is made and when it gets its value, as the nucleus does. */
const isHeard = ({ what, path }: ConfigChange) => path.length > 3 && (what === 'created' || what === 'changed' || what === 'removed')

const updateEvent = (componentName: string, { path }: ConfigChange): GsonValue => ({ configurationUpdateEvent: { componentName, keyPath: path.slice(3) } })
