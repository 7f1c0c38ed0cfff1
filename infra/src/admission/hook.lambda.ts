// infra/src/admission/hook.lambda.ts: Lambda entry of the admission hook: reads its settings and keeps one client of each kind per container.
import { IoTClient } from '@aws-sdk/client-iot'
import { S3Client } from '@aws-sdk/client-s3'
import { jsonLog } from '@fleet/log'
import { lambdaSettings } from '../lambda-settings.ts'
import { allowlistSource } from './allowlist-source.ts'
import { preProvisioningHook } from './hook.ts'
import { superseding } from './supersede.ts'

const { ALLOWLIST_BUCKET, ALLOWLIST_KEY, METRICS, TEMPLATE_ARN } = lambdaSettings(['ALLOWLIST_BUCKET', 'ALLOWLIST_KEY', 'METRICS', 'TEMPLATE_ARN'])

// AWS IoT waits 5 s in all: two tries of S3 must fit, with room for a list of a million lines.
const s3 = new S3Client({ maxAttempts: 2, requestHandler: { connectionTimeout: 500, requestTimeout: 1500 } })

const iot = new IoTClient({})
const log = jsonLog({ source: 'admission-hook' })

export const handler = preProvisioningHook({
  templateArn: TEMPLATE_ARN,
  readAllowlist: allowlistSource(s3, { bucket: ALLOWLIST_BUCKET, key: ALLOWLIST_KEY }),
  supersede: superseding(iot, log),
  log,
  metrics: METRICS,
})
