// sandbox/src/cloud/pki/distinguished-name.ts: names of subjects and issuers, and what policy variables make of them.
import { der, dottedOid, elements, expectElement, oid, sequence, TAG } from './der.ts'

/** Attribute types (X.520, RFC 4519) by the names of AWS IoT's policy variables (developer guide, «X.509 Certificate policy variables»). */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CommonName',
  '2.5.4.4': 'Surname',
  '2.5.4.5': 'SerialNumber',
  '2.5.4.6': 'Country',
  '2.5.4.8': 'State',
  '2.5.4.10': 'Organization',
  '2.5.4.11': 'OrganizationalUnit',
  '2.5.4.12': 'Title',
  '2.5.4.42': 'GivenName',
  '2.5.4.43': 'Initials',
  '2.5.4.44': 'GenerationQualifier',
  '2.5.4.46': 'DistinguishedNameQualifier',
  '2.5.4.65': 'Pseudonym',
}

/** `{ CommonName, … }`; of a repeated attribute the first value, and `Organization.1` for the second, as the policy variables count. */
export type NameAttributes = Readonly<Record<string, string>>

/** Reads a DER Name; attributes that no policy variable names are left out. @throws DerError */
export function nameAttributes(name: Uint8Array): NameAttributes {
  const found: Record<string, string[]> = {}
  for (const relativeName of elements(expectElement(elements(name), 0, TAG.sequence).contents))
    for (const attribute of elements(relativeName.contents)) {
      const [type, value] = elements(attribute.contents)
      const variable = type && ATTRIBUTES[dottedOid(type.contents)]
      if (variable && value) (found[variable] ??= []).push(text(value.tag, value.contents))
    }
  const numbered = Object.entries(found).flatMap(([variable, values]) => values.map((value, index): [string, string] => [`${variable}.${index}`, value]))
  return Object.fromEntries([...Object.entries(found).map(([variable, [first = '']]): [string, string] => [variable, first]), ...numbered])
}

/** A DER Name of one attribute per relative name, in this order: `distinguishedName({ Organization: 'x', CommonName: 'y' })`. */
export function distinguishedName(attributes: Readonly<Record<string, string>>): Buffer {
  const relativeNames = Object.entries(attributes).map(([variable, value]) => {
    const type = Object.entries(ATTRIBUTES).find(([, name]) => name === variable)?.[0]
    if (!type) throw new Error(`${variable} is no attribute of a name`)
    return der(TAG.set, sequence(oid(type), der(UTF8_STRING, Buffer.from(value))))
  })
  return sequence(...relativeNames)
}

const UTF8_STRING = 12
const BMP_STRING = 30

/** UTF8String as it is, BMPString in UTF-16; the others (Printable, IA5, T.61 in practice) have one octet a character. */
function text(tag: number, contents: Uint8Array): string {
  if (tag === UTF8_STRING) return Buffer.from(contents).toString('utf8')
  if (tag === BMP_STRING) return new TextDecoder('utf-16be').decode(contents)
  return Buffer.from(contents).toString('latin1')
}
