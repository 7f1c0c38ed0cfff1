// sandbox/src/cloud/cloud-control/performer.ts: runs a service's operation within the process, after the same question whether the caller may.
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Service } from '../service.ts'
import { authorise } from '../wire/authorisation.ts'
import type { Identities } from '../wire/identities.ts'
import { lazyModels, type Models } from '../wire/models.ts'
import { registry } from '../wire/service-registry.ts'
import type { Perform } from './aws-clients.ts'

export interface PerformerOptions {
  /** Asked for when an operation is run: services may be composed in any order. */
  readonly services: () => readonly Service[]
  readonly identities: Identities
  readonly clock: Clock
  readonly models?: Models
}

/** As AWS does it (Cloud Control user guide, «Identity and access management»): what a handler calls, its caller must be allowed to call. */
export function performer({ services, identities, clock, models = lazyModels() }: PerformerOptions): Perform {
  let byModel: ReturnType<typeof registry> | undefined
  return async (modelName, operationName, input, call) => {
    byModel ??= registry(services())
    const service = byModel.get(modelName)
    const run = service?.operations[operationName]
    const model = models.get(modelName)
    const operation = model.operations.get(operationName)
    if (!service || !run || !operation) throw new AwsError('UnknownOperationException', `The sandbox does not offer ${model.iamPrefix}:${operationName}.`)
    authorise(identities, { model, service, operation, input, call, clientAddress: '127.0.0.1', now: clock.now() })
    return run(input as never, call) // typed by the handler that asks
  }
}
