// sandbox/src/cloud/iot-core/policy/policy-variables.ts: the values of AWS IoT's policy variables for one device (AWS IoT guide, «AWS IoT Core policy variables»).
import type { Context } from '../../iam/policy-evaluation.ts'
import type { DeviceCertificate, DeviceRegistry } from '../../ports.ts'
import type { ConnectionFacts } from './identity.ts'

export function deviceContext(registry: DeviceRegistry, certificate: DeviceCertificate, facts: ConnectionFacts): Context {
  const attributeOf = (names: Readonly<Record<string, string>>) => new Map(Object.entries(names).map(([name, value]) => [name.toLowerCase(), usable(value)]))
  const subject = attributeOf(certificate.subject)
  const issuer = attributeOf(certificate.issuer)
  return (key) => {
    const name = key.toLowerCase()
    if (name.startsWith('iot:certificate.subject.')) return certificateVariable(subject, name.slice('iot:certificate.subject.'.length))
    if (name.startsWith('iot:certificate.issuer.')) return certificateVariable(issuer, name.slice('iot:certificate.issuer.'.length))
    if (name.startsWith('iot:connection.thing.')) return thingVariable(registry, certificate.certificateId, { name, key, facts })
    switch (name) {
      case 'iot:clientid':
        return facts.clientId
      case 'iot:certificateid':
        return certificate.certificateId
      case 'iot:certificate.serialnumber':
        return certificate.serialNumber
      case 'iot:connectattributes':
        return facts.connectAttributes
      case 'aws:sourceip':
        return facts.sourceIp
      default:
        return undefined
    }
  }
}

/**
 * The thing that a connection stands for: the one that has the certificate for itself, or else the attached one that is called as the
 * client id. Over HTTP there is no client id, and no thing (AWS IoT guide, «Thing policy variables»).
 */
export function connectionThing(registry: DeviceRegistry, certificateId: string, { clientId }: ConnectionFacts): string | undefined {
  if (clientId === undefined) return undefined
  const things = registry.thingsOf(certificateId)
  return (things.find(({ exclusive }) => exclusive) ?? things.find(({ thingName }) => thingName === clientId))?.thingName
}

function thingVariable(registry: DeviceRegistry, certificateId: string, { name, key, facts }: { readonly name: string; readonly key: string; readonly facts: ConnectionFacts }) {
  const thingName = connectionThing(registry, certificateId, facts)
  if (name === 'iot:connection.thing.isattached') return facts.clientId === undefined ? undefined : String(thingName !== undefined)
  if (thingName === undefined) return undefined
  if (name === 'iot:connection.thing.thingname') return thingName
  const thing = registry.thing(thingName)
  if (name === 'iot:connection.thing.thingtypename') return thing?.thingTypeName
  const attribute = /\.attributes\[(.+)\]$/i.exec(key)?.[1] // attribute names are case-sensitive
  return attribute === undefined ? undefined : thing?.attributes[attribute]
}

/** `CommonName`, or `CommonName.List`; the registry keeps the first of several values, so `.1` and higher have none. */
function certificateVariable(attributes: ReadonlyMap<string, string | undefined>, name: string): string | readonly string[] | undefined {
  const value = attributes.get(name.replace(/\.(list|0)$/, ''))
  return name.endsWith('.list') && value !== undefined ? [value] : value
}

/** «X.509 Certificate policy variable limitations»: wildcards and long values are not substituted, special characters are escaped. */
function usable(value: string): string | undefined {
  if (value.length > 1024 || /[*$+?#]/.test(value)) return undefined
  return value.replace(/[,"\\=<>;]/g, '\\$&')
}
