// sandbox/src/cloud/cloud-control/types/s3-cors.ts: the CorsConfiguration of AWS::S3::Bucket: CloudFormation has other names for it than the API.
import type { CORSRule } from '@aws-sdk/client-s3'
import * as z from 'zod'

const list = z.array(z.string())
export const CorsConfiguration = z.strictObject({
  CorsRules: z.array(z.strictObject({ Id: z.string().optional(), AllowedHeaders: list.optional(), AllowedMethods: list, AllowedOrigins: list, ExposedHeaders: list.optional(), MaxAge: z.number().int().optional() })),
})
type CorsConfiguration = z.infer<typeof CorsConfiguration>

export const apiCors = ({ CorsRules }: CorsConfiguration) => ({ CORSRules: CorsRules.map(({ Id, ExposedHeaders, MaxAge, ...rule }) => ({ ...rule, ID: Id, ExposeHeaders: ExposedHeaders, MaxAgeSeconds: MaxAge })) })

export const shownCors = (rules: readonly CORSRule[]): CorsConfiguration => ({
  CorsRules: rules.map(({ ID, ExposeHeaders, MaxAgeSeconds, AllowedMethods = [], AllowedOrigins = [], AllowedHeaders }) => ({ Id: ID, AllowedHeaders, AllowedMethods, AllowedOrigins, ExposedHeaders: ExposeHeaders, MaxAge: MaxAgeSeconds })),
})
