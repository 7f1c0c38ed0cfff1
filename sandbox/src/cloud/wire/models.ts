// sandbox/src/cloud/wire/models.ts: the AWS services whose language the gateway speaks; a further one is one more line.
import { type ModelDefinition, readModel, type ServiceModel } from './model.ts'

const MIB = 1024 * 1024

/** Bytes; most AWS front ends refuse far less. */
export const DEFAULT_BODY_LIMIT = 10 * MIB

/** By the name of the SDK's client package (`@aws-sdk/client-…`). Protocols and names are the client's own (its runtimeConfig.shared and httpAuthSchemeProvider). */
export const MODELS: Readonly<Record<string, ModelDefinition>> = {
  iot: { protocol: 'rest-json', signingNames: ['iot'], iamPrefix: 'iot', invalid: 'InvalidRequestException' },
  'iot-data-plane': { protocol: 'rest-json', signingNames: ['iotdata', 'iotdevicegateway'], iamPrefix: 'iot', invalid: 'InvalidRequestException', denied: 'ForbiddenException' },
  'iot-jobs-data-plane': { protocol: 'rest-json', signingNames: ['iot-jobs-data'], iamPrefix: 'iotjobsdata', invalid: 'InvalidRequestException', denied: 'ForbiddenException' },
  greengrassv2: { protocol: 'rest-json', signingNames: ['greengrass'], iamPrefix: 'greengrass', invalid: 'ValidationException' },
  cloudcontrol: { protocol: 'json-1.0', signingNames: ['cloudcontrolapi'], iamPrefix: 'cloudformation', invalid: 'ValidationException', target: 'CloudApiService' },
  lambda: { protocol: 'rest-json', signingNames: ['lambda'], iamPrefix: 'lambda', invalid: 'ValidationException', bodyLimit: 69_905_067 /* what AWS names in its refusal: 50 MB of zip in base64 */ },
  // AWS takes 5 GB; one request is held in memory here. Larger objects come in parts.
  s3: { protocol: 'rest-xml', signingNames: ['s3'], iamPrefix: 's3', invalid: 'InvalidArgument', xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/', bodyLimit: 512 * MIB },
  ecr: { protocol: 'json-1.1', signingNames: ['ecr'], iamPrefix: 'ecr', invalid: 'InvalidParameterException', target: 'AmazonEC2ContainerRegistry_V20150921', bodyLimit: 32 * MIB /* a layer part of 20 MiB in base64 */ },
  'cloudwatch-logs': { protocol: 'json-1.1', signingNames: ['logs'], iamPrefix: 'logs', invalid: 'InvalidParameterException', target: 'Logs_20140328' },
  iam: { protocol: 'query', signingNames: ['iam'], iamPrefix: 'iam', invalid: 'ValidationError', version: '2010-05-08', xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/', isGlobal: true },
  sts: { protocol: 'query', signingNames: ['sts'], iamPrefix: 'sts', invalid: 'ValidationError', version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/', isGlobal: true },
  sns: { protocol: 'query', signingNames: ['sns'], iamPrefix: 'sns', invalid: 'ValidationError', version: '2010-03-31', xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/', denied: 'AuthorizationError' },
  sqs: { protocol: 'json-1.0', signingNames: ['sqs'], iamPrefix: 'sqs', invalid: 'InvalidParameterValue', target: 'AmazonSQS' },
  'cognito-identity-provider': { protocol: 'json-1.1', signingNames: ['cognito-idp'], iamPrefix: 'cognito-idp', invalid: 'InvalidParameterException', target: 'AWSCognitoIdentityProviderService' },
  'cognito-identity': { protocol: 'json-1.1', signingNames: ['cognito-identity'], iamPrefix: 'cognito-identity', invalid: 'ValidationException', target: 'AWSCognitoIdentityService' },
  dynamodb: { protocol: 'json-1.0', signingNames: ['dynamodb'], iamPrefix: 'dynamodb', invalid: 'ValidationException', target: 'DynamoDB_20120810', bodyLimit: 16 * MIB },
  firehose: { protocol: 'json-1.1', signingNames: ['firehose'], iamPrefix: 'firehose', invalid: 'InvalidArgumentException', target: 'Firehose_20150804' },
  cloudfront: { protocol: 'rest-xml-service', signingNames: ['cloudfront'], iamPrefix: 'cloudfront', invalid: 'InvalidArgument', xmlNamespace: 'http://cloudfront.amazonaws.com/doc/2020-05-31/', isGlobal: true },
  kms: { protocol: 'json-1.1', signingNames: ['kms'], iamPrefix: 'kms', invalid: 'ValidationException', target: 'TrentService' },
  cloudwatch: { protocol: 'json-1.0', signingNames: ['monitoring'], iamPrefix: 'cloudwatch', invalid: 'ValidationError', target: 'GraniteServiceVersion20100801' },
}

export interface Models {
  /** Its schemas are loaded when it is first asked for. */
  get(name: string): ServiceModel
  readonly definitions: Readonly<Record<string, ModelDefinition>>
}

export function lazyModels(definitions: Readonly<Record<string, ModelDefinition>> = MODELS): Models {
  const loaded = new Map<string, ServiceModel>()
  return {
    definitions,
    get(name) {
      let model = loaded.get(name)
      if (!model) {
        const definition = definitions[name]
        if (!definition) throw new Error(`no model named ${name}; the table is in wire/models.ts`)
        loaded.set(name, (model = readModel(name, definition)))
      }
      return model
    },
  }
}
