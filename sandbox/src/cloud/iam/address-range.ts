// sandbox/src/cloud/iam/address-range.ts: an IP address or CIDR block as aws:SourceIp conditions write it.
import { BlockList, isIP } from 'node:net'
import { PolicyMalformed } from './policy-document.ts'

/** @throws PolicyMalformed when the text is neither an address nor a CIDR block */
export function addressRange(text: string): (address: string) => boolean {
  const [network = '', length, ...rest] = text.split('/')
  const family = familyOf(network)
  const bits = length === undefined ? (family === 'ipv4' ? 32 : 128) : Number(length)
  if (!family || rest.length > 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 'ipv4' ? 32 : 128)) {
    throw new PolicyMalformed(`${text} is not an IP address or CIDR block`)
  }
  const range = new BlockList()
  range.addSubnet(network, bits, family)
  return (address) => range.check(address, familyOf(address))
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined => {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}
