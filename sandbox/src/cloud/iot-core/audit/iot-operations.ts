// sandbox/src/cloud/iot-core/audit/iot-operations.ts: the names of all operations of AWS IoT, also of those that this cloud does not offer.
import { lazyModels } from '../../wire/models.ts'

/** Read when it is first asked for; jobs of devices have a service and actions of their own (`iotjobsdata:`). */
export function iotOperations(): () => readonly string[] {
  let names: readonly string[] | undefined
  return () => {
    const models = lazyModels()
    names ??= ['iot', 'iot-data-plane'].flatMap((model) => [...models.get(model).operations.keys()]).sort()
    return names
  }
}
