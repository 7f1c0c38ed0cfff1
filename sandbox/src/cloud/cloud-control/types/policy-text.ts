// sandbox/src/cloud/cloud-control/types/policy-text.ts: policy documents: JSON objects in templates, text in the services.
import { z } from 'zod'

/** «object or string» in the schemas of IAM, IoT, S3 and ECR. */
export const PolicyText = z.union([z.record(z.string(), z.unknown()), z.string().min(1)])
export type PolicyText = z.infer<typeof PolicyText>

export const textOf = (policy: PolicyText): string => (typeof policy === 'string' ? policy : JSON.stringify(policy))

/** Handlers show documents as objects. */
export const policyOf = (text: string | undefined): Record<string, unknown> => JSON.parse(text ?? '{}') as Record<string, unknown> // a service has checked it when it was put there
