// sandbox/src/cloud/iot-core/registry/arns.ts: how the registry's resources are named, and read back from their names.
import { arn, type Account } from '../../account.ts'

/** Resource types of IoT ARNs (service authorization reference, «Resource types defined by AWS IoT»). */
export type ResourceKind = 'thing' | 'thinggroup' | 'thingtype' | 'cert' | 'cacert' | 'policy' | 'provisioningtemplate' | 'rolealias'

export const iotArn = (account: Account, kind: ResourceKind, name: string) => arn('iot', account, `${kind}/${name}`)

/** `{ kind: 'cert', name: <id> }` of an IoT ARN of this account and region, or undefined. */
export function readIotArn(account: Account, text: string): { readonly kind: string; readonly name: string } | undefined {
  const prefix = arn('iot', account, '')
  if (!text.startsWith(prefix)) return undefined
  const [kind = '', ...rest] = text.slice(prefix.length).split('/')
  return { kind, name: rest.join('/') }
}
