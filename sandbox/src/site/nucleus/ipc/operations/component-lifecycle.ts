// sandbox/src/site/nucleus/ipc/operations/component-lifecycle.ts: components tell their state, hear of deployments and put them off, hold one another.
import { isJsonObject, numberOf, textOf } from '../../json.ts'
import type { Service } from '../../lifecycle/service.ts'
import type { Services } from '../../lifecycle/services.ts'
import { LIFECYCLE, refusal, type Authorization } from '../authorization.ts'
import { IpcError } from '../ipc-error.ts'
import { streaming, unary, type IpcCall, type IpcOperations } from '../operation.ts'
import type { UpdateNotices } from '../update-notices.ts'

export function lifecycleOperations(authorization: Authorization, services: Services, notices: UpdateNotices): IpcOperations {
  const own = (component: string, message: string): Service => {
    const service = services.find(component)
    if (service === undefined) throw new IpcError('ResourceNotFoundError', message, { resourceType: 'Component', resourceName: component })
    return service
  }
  return {
    UpdateState: unary(({ component, request: { state } }) => {
      if (state !== 'RUNNING' && state !== 'ERRORED') throw new IpcError('InvalidArgumentsError', `${textOf(state)} is no state that a component can report`)
      own(component, 'Component with given name not found').lifecycle.report(state)
      return {}
    }),
    SubscribeToComponentUpdates: streaming(({ component, stream }) => {
      own(component, 'Component with given name not found currently in Greengrass')
      const send = (event: Parameters<typeof stream.send>[1]) => stream.send('ComponentUpdatePolicyEvents', event)
      const notice = {
        before: (deploymentId: string, isGgcRestarting: boolean) => send({ preUpdateEvent: { deploymentId, isGgcRestarting } }),
        after: (deploymentId: string) => send({ postUpdateEvent: { deploymentId } }),
      }
      stream.onClose(notices.add(component, notice))
      return {}
    }),
    DeferComponentUpdate: unary(({ component, request: { deploymentId, message, recheckAfterMs } }) => {
      if (!notices.isSubscribed(component)) throw new IpcError('InvalidArgumentsError', 'Component is not subscribed to component update events')
      if (typeof deploymentId !== 'string') throw new IpcError('InvalidArgumentsError', 'Cannot defer the update, the deployment ID provided was null')
      const isTaken = notices.defer(component, deploymentId, { recheckAfterMs: numberOf(recheckAfterMs, 0), message: textOf(message) })
      if (!isTaken) throw new IpcError('ServiceError', 'Time limit to respond to PreComponentUpdateEvent exceeded')
      return {}
    }),
    PauseComponent: unary((call) => {
      const { target, hold } = pausable(call, 'PauseComponent', authorization, services)
      if (target.lifecycle.state !== 'RUNNING') throw new IpcError('InvalidArgumentsError', `Component ${target.name} is not running`)
      hold(true)
      return {}
    }),
    ResumeComponent: unary((call) => {
      const { target, hold } = pausable(call, 'ResumeComponent', authorization, services)
      if (target.isHeld !== true) throw new IpcError('InvalidArgumentsError', `Component ${target.name} is not paused`)
      hold(false)
      return {}
    }),
  }
}

interface Pausable {
  readonly target: Service
  readonly hold: NonNullable<Service['hold']>
}

function pausable({ component, request }: IpcCall, operation: 'PauseComponent' | 'ResumeComponent', authorization: Authorization, services: Services): Pausable {
  const name = isJsonObject(request) ? textOf(request.componentName) : ''
  if (name === '') throw new IpcError('InvalidArgumentsError', 'Component name is required.')
  const asked = { service: LIFECYCLE, component, operation: `aws.greengrass#${operation}`, resource: name }
  if (!authorization.isAllowed(asked)) throw new IpcError('UnauthorizedError', refusal(asked))
  const target = services.find(name)
  if (target === undefined) throw new IpcError('ResourceNotFoundError', `Component ${name} not found`)
  const { hold } = target
  if (hold === undefined) throw new IpcError('InvalidArgumentsError', `Only generic components can be ${operation === 'PauseComponent' ? 'paused' : 'resumed'}.`)
  return { target, hold }
}
