// ops/src/deploy/cloud-environment.ts: what the engine's process, and what it starts, know of the cloud.
import type { Target } from '../target/target.ts'

/** How the engine's process reaches the same cloud. */
export const cloudEnvironment = ({ endpoint, credentials, stage }: Target): Record<string, string> => ({
  AWS_REGION: stage.region,
  ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint }),
  ...(credentials && { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: '', AWS_PROFILE: '' }),
})
