// components/cert-rotator/src/perform.ts: does what orders say. Each can be done twice; messages are sent now or not at all.
import { jobs } from '@fleet/contract/jobs'
import { rotation as topics } from '@fleet/contract/topics'
import type { CloudBus } from '@fleet/device-runtime/bus/bus'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import { certificateFile, wish } from './host.ts'
import type { KeySource } from './key-source.ts'
import type { Order } from './orders.ts'
import type { Happened } from './rotation.ts'

export interface Tools {
  readonly thing: string
  readonly files: FileStore
  readonly cloud: CloudBus
  readonly keys: KeySource
  readonly happened: (event: Happened) => void
}

/** A message that the nucleus kept for later could arrive in a rotation to come, over another certificate. */
const DELIVERY = 'now'

export async function perform(order: Order, { thing, files, cloud, keys, happened }: Tools): Promise<void> {
  const publish = (topic: { of(thing: string): string }, message: object) => cloud.publish(topic.of(thing), message, DELIVERY)
  switch (order.do) {
    case 'look-for-jobs':
      return publish(jobs.get, {})
    case 'make-key':
      return happened({ kind: 'key-made', jobId: order.jobId, key: await keys.make(order.jobId) })
    case 'tell-job': {
      const { jobId, status, details, expectedVersion } = order
      return publish(jobs.update(jobId), { status, statusDetails: details, clientToken: details.step, includeJobExecutionState: true, includeJobDocument: true, ...(expectedVersion !== undefined && { expectedVersion }) })
    }
    case 'ask-for-certificate':
      return publish(topics.csr, { jobId: order.jobId, csr: await keys.request(order.jobId, thing) })
    case 'wish':
      return wish(files, order.verb, order.jobId)
    case 'prove':
      return publish(topics.prove, { jobId: order.jobId })
    case 'tell-outcome':
      return publish(topics.outcome, order.outcome)
    case 'forget':
      await files.remove(certificateFile(order.jobId))
      return keys.discard(order.jobId)
  }
}
