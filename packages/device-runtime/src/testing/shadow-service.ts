// packages/device-runtime/src/testing/shadow-service.ts: one named shadow as the cloud keeps it, answering on a recorded bus (AWS IoT guide, «Device Shadow»).
import { isDeepStrictEqual } from 'node:util'
import type { NamedShadow } from '@fleet/contract/shadow'
import type { RecordedCloudBus } from './recorded-bus.ts'

type State = Record<string, unknown>

export interface ShadowService {
  /** An operator's wish; answers with a delta if it differs from what is reported. */
  desire(desired: State): void
  readonly reported: State | undefined
  readonly version: number
  /** The next requests are answered with this error. */
  refuse(error: { code: number; message: string }, times: number): void
}

interface Request {
  readonly state?: { readonly reported?: State }
  readonly clientToken?: string
}

export function shadowService(cloud: RecordedCloudBus, shadow: NamedShadow, thing: string): ShadowService {
  let desired: State = {}
  let reported: State | undefined
  let version = 0
  let refusals: { code: number; message: string }[] = []
  const say = (topic: { of(thing: string): string }, message: object) => cloud.receive(topic.of(thing), message)
  const difference = () => Object.fromEntries(Object.entries(desired).filter(([key, value]) => !isDeepStrictEqual(value, reported?.[key])))
  const tellDelta = () => Object.keys(difference()).length > 0 && say(shadow.updateDelta, { version, state: difference() })

  const update = ({ state, clientToken }: Request) => {
    const merged = Object.entries({ ...reported, ...state?.reported }).filter(([, value]) => value !== null) // null removes a key
    reported = Object.fromEntries(merged)
    version += 1
    say(shadow.updateAccepted, { state, version, clientToken })
    tellDelta()
  }
  const get = ({ clientToken }: Request) => {
    if (version === 0) say(shadow.getRejected, { code: 404, message: `No shadow exists with name: '${shadow.name}'`, clientToken })
    else say(shadow.getAccepted, { state: { desired, reported }, version, clientToken })
  }
  cloud.onArrival(({ topic, message }) => {
    const request = message as Request // what our own client made
    const isUpdate = topic === shadow.update.of(thing)
    if (!isUpdate && topic !== shadow.get.of(thing)) return
    const refusal = refusals.shift()
    if (refusal !== undefined) say(isUpdate ? shadow.updateRejected : shadow.getRejected, { ...refusal, clientToken: request.clientToken })
    else if (isUpdate) update(request)
    else get(request)
  })
  return {
    desire(wish) {
      desired = { ...desired, ...wish }
      version += 1
      tellDelta()
    },
    get reported() {
      return reported
    },
    get version() {
      return version
    },
    refuse: (error, times) => void (refusals = Array.from({ length: times }, () => error)),
  }
}
