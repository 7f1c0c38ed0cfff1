// sandbox/src/cloud/iot-core/data-plane/shadow-operations.ts: shadows by HTTP (AWS IoT guide, «Device Shadow REST API»).
import type * as sdk from '@aws-sdk/client-iot-data-plane'
import { arn } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import type { Clock } from '../../clock.ts'
import { matching, notLongerThan, notShorterThan, violations } from '../../constraint.ts'
import type { Call, OperationsOf } from '../../service.ts'
import { keyOfToken, pageSize, tokenOf } from '../../wire/paging.ts'
import type { JsonObject } from '../json.ts'
import type { IotAction } from '../policy/identity.ts'
import { isRefusal, type ShadowRefusal } from '../shadows/shadow-request.ts'
import type { ShadowId, Shadows } from '../shadows/shadows.ts'
import type { Authorise } from './device-authorisation.ts'

type Operations = OperationsOf<typeof sdk>

export function shadowOperations({ shadows, clock, authorise }: { readonly shadows: Shadows; readonly clock: Clock; readonly authorise: Authorise }) {
  const idFor = (input: Input, call: Call, action: IotAction): ShadowId => {
    const id = idOf(input)
    authorise(call, action, arn('iot', call.account, shadowResource(id)))
    return id
  }
  return {
    GetThingShadow: (input, call) => answer(shadows.get(idFor(input, call, 'iot:GetThingShadow'))),
    UpdateThingShadow: async (input, call) => answer(await shadows.update(idFor(input, call, 'iot:UpdateThingShadow'), input.payload)),
    DeleteThingShadow: async (input, call) => answer(await shadows.delete(idFor(input, call, 'iot:DeleteThingShadow'))),
    ListNamedShadowsForThing({ thingName, nextToken, pageSize: asked }, call) {
      const id = idOf({ thingName })
      authorise(call, 'iot:ListNamedShadowsForThing', arn('iot', call.account, `thing/${id.thingName}`))
      const after = keyOfToken(nextToken, () => new AwsError('InvalidRequestException', 'Invalid nextToken'))
      const { names, next } = shadows.names(id.thingName, { ...(after !== undefined && { after }), limit: pageSize({ asked, usual: 25, most: 100 }) })
      return { results: [...names], nextToken: next === undefined ? undefined : tokenOf(next), timestamp: Math.floor(clock.now().getTime() / 1000) }
    },
  } satisfies Operations
}

interface Input {
  readonly thingName: string | undefined
  readonly shadowName?: string | undefined
}

/** `thing/<name>`, for a named shadow `thing/<name>/<shadow>` (AWS IoT guide, «action resources»). */
export const shadowResource = ({ thingName, shadowName }: ShadowId) => `thing/${thingName}${shadowName === undefined ? '' : `/${shadowName}`}`

export function idOf({ thingName, shadowName }: Input): ShadowId {
  const fault = violations(
    ['thingName', thingName, notShorterThan(1), notLongerThan(128), matching(/^[a-zA-Z0-9:_-]+$/)],
    ['shadowName', shadowName, notShorterThan(1), notLongerThan(64), matching(/^[$a-zA-Z0-9:_-]+$/)],
  )
  if (fault !== undefined) throw new AwsError('InvalidRequestException', fault)
  return { thingName: thingName ?? '', ...(shadowName !== undefined && { shadowName }) }
}

const ERRORS: Readonly<Record<ShadowRefusal['code'], string>> = {
  400: 'InvalidRequestException',
  404: 'ResourceNotFoundException',
  409: 'ConflictException',
  413: 'RequestEntityTooLargeException',
  415: 'UnsupportedDocumentEncodingException',
}

function answer(result: JsonObject | ShadowRefusal): { payload: string } {
  if (isRefusal(result)) throw new AwsError(ERRORS[result.code], result.message)
  return { payload: JSON.stringify(result) }
}
