// console/src/cloud/s3.ts: S3's client, made once. It comes with the pages that need it.
import { S3Client } from '@aws-sdk/client-s3'
import type { Cloud } from './clients.ts'
import { forBrowser } from './for-browser.ts'

const clients = new WeakMap<Cloud, S3Client>()

export function s3Of(cloud: Cloud): S3Client {
  const { config, session } = cloud
  const client = clients.get(cloud) ?? forBrowser(new S3Client({ ...config, forcePathStyle: session.settings.sandbox !== undefined, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }))
  clients.set(cloud, client)
  return client
}
