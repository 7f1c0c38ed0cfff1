// ops/src/stack/cloud-control.ts: makes aws-native resources through AWS Cloud Control, as the provider of that name does.
import {
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  GetResourceRequestStatusCommand,
  UpdateResourceCommand,
  type CloudControlClient,
  type ProgressEvent,
} from '@aws-sdk/client-cloudcontrol'
import { isMadeFrom } from './adoption.ts'
import { patch } from './json-patch.ts'
import { revealed, shown, type Properties } from './properties.ts'
import { fromCloudFormation, toCloudFormation } from './property-names.ts'
import { CloudFailure, type Outcome, type ResourceProvider } from './resource-provider.ts'
import { resourceType, type ResourceType } from './resource-types.ts'

export interface CloudControlOptions {
  readonly client: CloudControlClient
  /** Waits, but not after the run was called off. */
  readonly sleep: (ms: number) => Promise<void>
}

/** The first question is asked soon (a twin is done at once), later ones at leisure: some resources take minutes. */
const FIRST_WAIT_MS = 20
const LONGEST_WAIT_MS = 5000
const READ_TRIES = 5
const READ_PAUSE_MS = 100

export function cloudControl({ client, sleep }: CloudControlOptions): ResourceProvider {
  const read = async (type: ResourceType, id: string): Promise<Properties> => {
    const { ResourceDescription } = await client.send(new GetResourceCommand({ TypeName: type.cloudFormation, Identifier: id }))
    return fromCloudFormation(type, JSON.parse(ResourceDescription?.Properties ?? '{}') as Properties) // JSON object, by the API's contract
  }
  const settled = async (event: ProgressEvent | undefined): Promise<ProgressEvent> => {
    let progress = event ?? {}
    for (let waitMs = FIRST_WAIT_MS; isUnderWay(progress); waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
      await sleep(waitMs)
      const question = client.send(new GetResourceRequestStatusCommand({ RequestToken: progress.RequestToken }))
      progress = (await sent(question, 'unknown')).ProgressEvent ?? {}
    }
    if (progress.OperationStatus !== 'SUCCESS') throw new CloudFailure(progress.ErrorCode ?? 'InternalFailure', progress.StatusMessage ?? 'Cloud Control gave no reason')
    return progress
  }
  /** After a change: some services know of it a moment later only. What is done must not be lost when it cannot be read. */
  const readBack = async (type: ResourceType, id: string): Promise<Properties> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await sent(read(type, id))
      } catch (error) {
        if (!(error instanceof CloudFailure)) throw error
        const isLast = attempt === READ_TRIES - 1 || !isNotFound(error)
        if (isLast) throw new CloudFailure(error.code, `it was made, but cannot be read: ${error.message}`, { cause: error, outcome: { madeId: id } })
        await sleep(READ_PAUSE_MS * 2 ** attempt)
      }
    }
  }
  return {
    async create({ type, inputs, token }) {
      const known = typeOf(type)
      const DesiredState = JSON.stringify(toCloudFormation(known, revealed(inputs)))
      const { ProgressEvent } = await sent(client.send(new CreateResourceCommand({ TypeName: known.cloudFormation, DesiredState, ClientToken: token })))
      const { Identifier: id = '' } = await settled(ProgressEvent)
      return { id, outputs: shown(inputs, await readBack(known, id)) }
    },
    async update({ type, id, before, after, token }) {
      const known = typeOf(type)
      const PatchDocument = JSON.stringify(patch(known, revealed(before), revealed(after)))
      const { ProgressEvent } = await sent(client.send(new UpdateResourceCommand({ TypeName: known.cloudFormation, Identifier: id, PatchDocument, ClientToken: token })))
      await settled(ProgressEvent)
      return { id, outputs: shown(after, await readBack(known, id)) }
    },
    async delete({ type, id, token }) {
      const command = new DeleteResourceCommand({ TypeName: typeOf(type).cloudFormation, Identifier: id, ClientToken: token })
      await ifThere(sent(client.send(command)).then(({ ProgressEvent }) => settled(ProgressEvent)))
    },
    async find({ type, inputs }) {
      const known = typeOf(type)
      const id = known.identifier === undefined ? undefined : inputs[known.identifier]
      const there = typeof id === 'string' ? await ifThere(sent(read(known, id))) : undefined
      if (typeof id !== 'string' || there === undefined || !isMadeFrom(known, revealed(inputs), there)) return undefined
      return { id, outputs: shown(inputs, there) }
    },
    async read({ type, id, inputs }) {
      const there = await ifThere(sent(read(typeOf(type), id)))
      return there && shown(inputs, there)
    },
  }
}

async function ifThere<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const isUnderWay = ({ OperationStatus }: ProgressEvent) => OperationStatus === 'PENDING' || OperationStatus === 'IN_PROGRESS' || OperationStatus === 'CANCEL_IN_PROGRESS'

const isNotFound = (error: unknown) => error instanceof CloudFailure && (error.code === 'NotFound' || error.code === 'ResourceNotFoundException')

/** @throws CloudFailure */
function typeOf(type: string): ResourceType {
  const known = resourceType(type)
  if (known === undefined) throw new CloudFailure('InvalidRequest', `this engine does not know ${type}: add it to ops/src/stack/resource-types.ts, or use the Pulumi CLI`)
  return known
}

/** The SDK's error as ours: its name is the code of the service's front end, which refuses with 4xx; anything else leaves the outcome open. */
export async function sent<T>(request: Promise<T>, ifRefused: Outcome = 'refused'): Promise<T> {
  try {
    return await request
  } catch (cause) {
    if (cause instanceof CloudFailure || !(cause instanceof Error)) throw cause
    throw new CloudFailure(cause.name, cause.message || cause.name, { cause, outcome: isRefusal(cause) ? ifRefused : 'unknown' })
  }
}

/** Throttling comes as 400, and was not done. Every error of an SDK client that is an answer has this member (@smithy/types MetadataBearer). */
function isRefusal(error: Error): boolean {
  const status = '$metadata' in error ? (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode : undefined
  return status !== undefined && status >= 400 && status < 500
}
