// sandbox/src/cloud/cloudfront/refusals.ts: how CloudFront refuses what it is given, and what the sandbox does not do.
import { AwsError } from '../aws-error.ts'

export const argument = (message: string) => new AwsError('InvalidArgument', message)

/** Loud: what would be kept and not done must not look done. @throws AwsError unless the value is absent or one of these */
export function refuseOthers<T extends string | boolean>(name: string, value: T | undefined, ...offered: readonly T[]): void {
  if (value !== undefined && !offered.includes(value)) throw argument(`The sandbox does not offer ${name} ${String(value)} (it has ${offered.map(String).join(', ')}).`)
}

/** `{Quantity, Items}`, as CloudFront has lists. */
interface Counted {
  readonly Quantity?: number | undefined
  readonly Items?: readonly unknown[] | undefined
}

export function refuseInconsistent(name: string, list: Counted | undefined): void {
  if (list && (list.Quantity ?? 0) !== (list.Items?.length ?? 0)) throw new AwsError('InconsistentQuantities', `The value of Quantity and the size of Items don't match: ${name}.`)
}

export function refuseAny(name: string, list: Counted | undefined): void {
  refuseInconsistent(name, list)
  if ((list?.Quantity ?? 0) > 0) throw argument(`The sandbox does not offer ${name} of a distribution.`)
}
