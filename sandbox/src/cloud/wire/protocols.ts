// sandbox/src/cloud/wire/protocols.ts: the protocol that a model speaks.
import { jsonRpc } from './json-rpc.ts'
import type { ProtocolName, ServiceModel } from './model.ts'
import type { Protocol, ProtocolOf } from './protocol.ts'
import { query } from './query.ts'
import { restJson } from './rest-json.ts'
import { restXml } from './rest-xml.ts'
import { restXmlService } from './rest-xml-service.ts'

const PROTOCOLS: Readonly<Record<ProtocolName, ProtocolOf>> = { 'rest-json': restJson, 'rest-xml': restXml, 'rest-xml-service': restXmlService, 'json-1.0': jsonRpc, 'json-1.1': jsonRpc, query }

/** Made once for each model: it sorts the model's paths. */
export function protocolOf(model: ServiceModel): Protocol {
  let protocol = made.get(model)
  if (!protocol) made.set(model, (protocol = PROTOCOLS[model.protocol](model)))
  return protocol
}
const made = new WeakMap<ServiceModel, Protocol>()
