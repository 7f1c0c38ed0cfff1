// ops/src/deploy/canary-argument.ts: what can be typed as the first wave of a release.
import { InvalidArgumentError } from 'commander'

export type Canary = { readonly percent: number } | { readonly devices: number }

/** AWS IoT Jobs tells at most so many a minute. */
export const MOST = 1000

/** `5%`, `20`. */
export function canary(text: string): Canary {
  const [, count = '', sign] = /^(\d{1,4}(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const value = Number(count)
  const isRight = count !== '' && value > 0 && (sign === '%' ? value <= 100 : Number.isInteger(value) && value <= MOST)
  if (!isRight) throw new InvalidArgumentError(`It must be a share of the fleet such as 5%, or a number of devices, 1 to ${MOST}.`)
  return sign === '%' ? { percent: value } : { devices: value }
}
