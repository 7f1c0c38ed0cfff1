// sandbox/src/cloud/wire/xml-text.ts: writes the small XML documents that no model describes: errors, and what S3 spells in its own way.

export type XmlContent = string | Readonly<Record<string, string | number | undefined>>

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

export const element = (name: string, content: string, attributes = '') => `<${name}${attributes}>${content}</${name}>`

/** Elements of text, in order; undefined ones are left out. */
export const textElements = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => element(name, escapeXml(String(value))))
    .join('')

/** XML 1.0 has no way to write most control characters; they are dropped. */
export const escapeXml = (text: string): string =>
  text.replace(UNWRITABLE, '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

// eslint-disable-next-line no-control-regex -- these are what it is about
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
