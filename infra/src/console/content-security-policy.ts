// infra/src/console/content-security-policy.ts: what the console page may load and whom it may speak to: its own files, and the AWS services that it calls.
import { fleetNames, type StageIdentity } from '@fleet/contract/names'

/** By the SDK client that calls it; a test compares with the page's own dependencies. `iot-data-plane` is also MQTT over WebSocket, at a host of the account's own (DescribeEndpoint). */
export const CONSOLE_SERVICES: Readonly<Record<string, (stage: StageIdentity) => readonly string[]>> = {
  'cognito-identity': (stage) => [regional('cognito-identity', stage)],
  'cognito-identity-provider': (stage) => [regional('cognito-idp', stage)],
  iot: (stage) => [regional('iot', stage)],
  'iot-data-plane': (stage) => [regional('*.iot', stage), regional('*.iot', stage).replace('https:', 'wss:')],
  greengrassv2: (stage) => [regional('greengrass', stage)],
  dynamodb: (stage) => [regional('dynamodb', stage)],
  'cloudwatch-logs': (stage) => [regional('logs', stage)],
  s3: (stage) => [regional(`${fleetNames(stage).provisioningBucket}.s3`, stage)],
}

const regional = (service: string, { region }: StageIdentity) => `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`

/** No inline script or style, no `eval`, no frame, nothing from elsewhere. */
export function contentSecurityPolicy(stage: StageIdentity): string {
  const hosts = Object.values(CONSOLE_SERVICES).flatMap((hostsOf) => hostsOf(stage))
  const rules = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", `connect-src 'self' ${hosts.join(' ')}`, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
  return rules.join('; ')
}
