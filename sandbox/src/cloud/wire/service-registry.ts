// sandbox/src/cloud/wire/service-registry.ts: the services by the model that they speak; several folders may share one model.
import type { Service } from '../service.ts'

export function registry(services: readonly Service[]): ReadonlyMap<string, Service> {
  const byModel = new Map<string, Service>()
  for (const service of services) {
    const known = byModel.get(service.model)
    byModel.set(service.model, known ? together(known, service) : service)
  }
  return byModel
}

/** @throws when both offer one operation: a mistake in the composition */
function together(one: Service, other: Service): Service {
  const twice = Object.keys(other.operations).find((name) => one.operations[name] !== undefined)
  if (twice !== undefined) throw new Error(`${one.model} ${twice} is offered twice`)
  const resourcePolicy = one.resourcePolicy ?? other.resourcePolicy
  return {
    model: one.model,
    operations: { ...one.operations, ...other.operations },
    grants: { ...one.grants, ...other.grants },
    unsigned: [...(one.unsigned ?? []), ...(other.unsigned ?? [])],
    certificateCallers: one.certificateCallers === true || other.certificateCallers === true,
    ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
  }
}
