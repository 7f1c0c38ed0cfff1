// sandbox/src/cloud/firehose/object-key.ts: where a delivered object lies: `<evaluated prefix><stream>-<version>-<time>-<uuid><extension>`.
import { randomBytes, randomUUID } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import type { StreamRecord } from './stream-records.ts'

const EXTENSIONS: Readonly<Record<string, string>> = { GZIP: '.gz', ZIP: '.zip', Snappy: '.snappy' }

/** `at` is when the oldest record in it arrived (Firehose guide, «Custom prefixes for Amazon S3 objects»). */
export function objectKey({ name, version, destination }: StreamRecord, at: Date): string {
  const extension = destination.FileExtension ?? EXTENSIONS[destination.CompressionFormat ?? ''] ?? ''
  return `${evaluated(destination.Prefix ?? '', at)}${name}-${version}-${formatted('yyyy-MM-dd-HH-mm-ss', at)}-${randomUUID()}${extension}`
}

/** Without an expression the time is appended (Firehose guide, «Amazon S3 object name format»). */
function evaluated(prefix: string, at: Date): string {
  if (!prefix.includes('!{')) return `${prefix}${formatted('yyyy/MM/dd/HH', at)}/`
  return prefix.replaceAll(EXPRESSION, (_all, namespace: string, value: string) => (namespace === 'timestamp' ? formatted(value, at) : randomString()))
}

const EXPRESSION = /!\{(timestamp|firehose):([^}]*)\}/g

/** @throws AwsError for an expression that the sandbox cannot evaluate */
export function checkPrefix(prefix = ''): void {
  for (const [all, namespace, value = ''] of prefix.matchAll(/!\{([^:}]*):?([^}]*)\}/g)) {
    const known = namespace === 'timestamp' ? /^(?:yyyy|MM|dd|HH|mm|ss|'[^']*'|[^A-Za-z'])+$/.test(value) : namespace === 'firehose' && value === 'random-string'
    if (!known) throw new AwsError('InvalidArgumentException', `Not offered by the sandbox: ${all} in a prefix.`)
  }
}

/** Java's DateTimeFormatter, as far as checkPrefix lets it in; UTC. */
function formatted(pattern: string, at: Date): string {
  const [date = '', time = ''] = at.toISOString().split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  const [hour = '', minute = '', second = ''] = time.split(/[:.]/)
  const parts: Readonly<Record<string, string>> = { yyyy: year, MM: month, dd: day, HH: hour, mm: minute, ss: second }
  return pattern.replaceAll(/yyyy|MM|dd|HH|mm|ss|'([^']*)'/g, (part, quoted: string | undefined) => quoted ?? parts[part] ?? part)
}

/** 11 characters (Firehose guide, as above). */
const randomString = () => randomBytes(9).toString('base64url').slice(0, 11)
