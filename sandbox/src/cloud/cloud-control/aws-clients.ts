// sandbox/src/cloud/cloud-control/aws-clients.ts: the services' operations as handlers call them: in the name of the one who asked.
import type { Call, Operation, OperationsOf } from '../service.ts'

/** A service, called within this process. */
export type Client<Package> = {
  readonly [K in keyof OperationsOf<Package>]-?: NonNullable<OperationsOf<Package>[K]> extends Operation<infer I, infer O> ? (input: I) => Promise<Awaited<O>> : never
}

export interface AwsClients {
  readonly cloudfront: Client<typeof import('@aws-sdk/client-cloudfront')>
  readonly cloudwatch: Client<typeof import('@aws-sdk/client-cloudwatch')>
  readonly dynamodb: Client<typeof import('@aws-sdk/client-dynamodb')>
  readonly cognitoIdentity: Client<typeof import('@aws-sdk/client-cognito-identity')>
  readonly cognitoIdp: Client<typeof import('@aws-sdk/client-cognito-identity-provider')>
  readonly ecr: Client<typeof import('@aws-sdk/client-ecr')>
  readonly firehose: Client<typeof import('@aws-sdk/client-firehose')>
  readonly greengrass: Client<typeof import('@aws-sdk/client-greengrassv2')>
  readonly iam: Client<typeof import('@aws-sdk/client-iam')>
  readonly iot: Client<typeof import('@aws-sdk/client-iot')>
  readonly lambda: Client<typeof import('@aws-sdk/client-lambda')>
  readonly logs: Client<typeof import('@aws-sdk/client-cloudwatch-logs')>
  readonly s3: Client<typeof import('@aws-sdk/client-s3')>
  readonly sns: Client<typeof import('@aws-sdk/client-sns')>
  readonly sqs: Client<typeof import('@aws-sdk/client-sqs')>
}

/** Runs an operation of a model (`iot`, `s3`) as if the caller had sent it: with the same checks of what it may do. */
export type Perform = (model: string, operation: string, input: unknown, call: Call) => Promise<unknown>

const MODELS: Readonly<Record<keyof AwsClients, string>> = {
  cloudfront: 'cloudfront',
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  cognitoIdentity: 'cognito-identity',
  cognitoIdp: 'cognito-identity-provider',
  ecr: 'ecr',
  firehose: 'firehose',
  greengrass: 'greengrassv2',
  iam: 'iam',
  iot: 'iot',
  lambda: 'lambda',
  logs: 'cloudwatch-logs',
  s3: 's3',
  sns: 'sns',
  sqs: 'sqs',
}

export function awsClients(perform: Perform, call: Call): AwsClients {
  const client = (model: string) =>
    new Proxy({}, { get: (_target, operation: string) => async (input: unknown) => perform(model, operation, input, call) }) // any name is an operation's
  return Object.fromEntries(Object.entries(MODELS).map(([name, model]) => [name, client(model)])) as unknown as AwsClients // each under its own model's name
}
