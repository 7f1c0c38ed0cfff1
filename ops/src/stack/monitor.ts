// ops/src/stack/monitor.ts: what Pulumi's SDK takes for its engine: hears what the program registers, in the SDK's own messages.
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js'
import { isForeign, isSecret, mapValues, withoutNulls, type Properties, type Value } from './properties.ts'
import type { Registered, Registration } from './stack-session.ts'

export interface MonitorOptions {
  readonly project: string
  readonly stack: string
  readonly register: (registration: Registration) => Promise<Registered>
  readonly onOutputs: (outputs: Properties) => void
  /** ResourceMonitorFeature numbers that this engine has. */
  readonly features: readonly number[]
}

type Callback = (error: object | null, answer?: object) => void

/** gRPC's «unavailable»: the SDK then leaves the resource unresolved and says nothing, since the engine is about to end. */
const UNAVAILABLE = 14

/** Answers are objects with the getters that the SDK reads, as it makes them itself when it runs without an engine. */
export function monitor({ project, stack, register, onOutputs, features }: MonitorOptions) {
  const urnOf = (request: RegisterResourceRequest) => {
    const parentType = request.getParent().split('::')[2] ?? ''
    const isTop = parentType === '' || parentType === STACK
    return `urn:pulumi:${stack}::${project}::${isTop ? '' : `${parentType}$`}${request.getType()}::${request.getName()}`
  }
  const custom = async (request: RegisterResourceRequest, urn: string) => {
    const { id, outputs } = await register(registrationOf(request, urn))
    return answer(urn, id, outputs)
  }
  return {
    registerResource(request: RegisterResourceRequest, callback: Callback): void {
      const urn = urnOf(request)
      const answered = request.getCustom() ? custom(request, urn) : Promise.resolve(answer(urn, '', {}))
      answered.then((each) => callback(null, each), (error: unknown) => callback({ code: UNAVAILABLE, message: String(error) }))
    },
    registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback): void {
      if (request.getUrn().split('::')[2] === STACK) onOutputs(propertiesOf(request.getOutputs()))
      callback(null, {})
    },
    getDeploymentInfo: (_request: unknown, callback: Callback) => callback(null, { getSupportedfeaturesList: () => features }),
    registerPackage: (_request: unknown, callback: Callback) => callback(null, { getRef: () => '' }),
    signalAndWaitForShutdown: (_request: unknown, callback: Callback) => callback(null, {}),
    invoke: refused('call a function of a provider'),
    call: refused('call a method of a component'),
    readResource: refused('read a resource that it does not make'),
  }
}

const STACK = 'pulumi:pulumi:Stack'

/** The program must plan the same wherever it runs, so it asks no cloud; were that to change, this would say so rather than guess. */
const refused = (what: string) => (_request: unknown, callback: Callback) =>
  callback(Object.assign(new Error(what), { code: 12 /* unimplemented */, details: `the program wants to ${what}: this engine cannot, use the Pulumi CLI` }))

const answer = (urn: string, id: string, outputs: Properties) => ({
  getUrn: () => urn,
  getId: () => id,
  getObject: () => ({ toJavaScript: () => outputs }),
  getPropertydependenciesMap: () => undefined,
  getResult: () => 0,
  getUnknown: () => false,
})

function registrationOf(request: RegisterResourceRequest, urn: string): Registration {
  const inputs = propertiesOf(request.getObject())
  mapValues(inputs, (value) => {
    if (isForeign(value)) throw new Error(`${urn} has an asset, an archive or a resource among its inputs: this engine cannot send it, use the Pulumi CLI`)
    return isSecret(value) ? value.value : value
  })
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    inputs: withoutNulls(inputs),
    dependencies: [...new Set([...request.getDependenciesList(), providerUrn(request.getProvider())])].filter((each) => each !== '').sort(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    aliases: request.getAliasurnsList(),
  }
}

/** `<urn>::<id>` → `<urn>` */
const providerUrn = (reference: string) => reference.slice(0, Math.max(0, reference.lastIndexOf('::')))

const propertiesOf = (struct: { toJavaScript(): unknown } | undefined): Properties => (struct?.toJavaScript() ?? {}) as Record<string, Value> // a protobuf Struct holds JSON alone
