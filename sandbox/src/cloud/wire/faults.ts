// sandbox/src/cloud/wire/faults.ts: the errors that every AWS front end can answer, in the words of each protocol.
import { AwsError } from '../aws-error.ts'
import type { ModelDefinition, ProtocolName, ServiceModel } from './model.ts'

/** What may be wrong with a request before its operation runs. */
export type Fault =
  | 'missing-token'
  | 'unknown-key'
  | 'invalid-token'
  | 'expired-token'
  | 'bad-signature'
  | 'wrong-time'
  | 'malformed-authorization'
  | 'denied'
  | 'malformed-input'
  | 'unknown-operation'
  | 'not-offered'
  | 'throttled'
  | 'too-large'
  | 'unavailable'
  | 'internal'

type Family = 'rest-json' | 'json-rpc' | 'query' | 's3'
type Spelling = readonly [code: string, status: number]

/** Codes and statuses: «Common error types» of the service references; S3: «List of error codes» of its API reference. */
const SPELLINGS: Readonly<Record<Family, Readonly<Record<Fault, Spelling>>>> = {
  'rest-json': {
    'missing-token': ['MissingAuthenticationTokenException', 403],
    'unknown-key': ['UnrecognizedClientException', 403],
    'invalid-token': ['UnrecognizedClientException', 403],
    'expired-token': ['ExpiredTokenException', 403],
    'bad-signature': ['InvalidSignatureException', 403],
    'wrong-time': ['InvalidSignatureException', 403],
    'malformed-authorization': ['IncompleteSignatureException', 403],
    denied: ['AccessDeniedException', 403],
    'malformed-input': ['SerializationException', 400],
    'unknown-operation': ['UnknownOperationException', 404],
    'not-offered': ['UnknownOperationException', 404],
    throttled: ['ThrottlingException', 429],
    'too-large': ['RequestEntityTooLargeException', 413],
    unavailable: ['ServiceUnavailableException', 503],
    internal: ['InternalFailureException', 500],
  },
  'json-rpc': {
    'missing-token': ['MissingAuthenticationTokenException', 400],
    'unknown-key': ['UnrecognizedClientException', 400],
    'invalid-token': ['UnrecognizedClientException', 400],
    'expired-token': ['ExpiredTokenException', 400],
    'bad-signature': ['InvalidSignatureException', 400],
    'wrong-time': ['InvalidSignatureException', 400],
    'malformed-authorization': ['IncompleteSignatureException', 400],
    denied: ['AccessDeniedException', 400],
    'malformed-input': ['SerializationException', 400],
    'unknown-operation': ['UnknownOperationException', 400],
    'not-offered': ['UnknownOperationException', 400],
    throttled: ['ThrottlingException', 400],
    'too-large': ['RequestEntityTooLargeException', 413],
    unavailable: ['ServiceUnavailableException', 503],
    internal: ['InternalFailure', 500],
  },
  query: {
    'missing-token': ['MissingAuthenticationToken', 403],
    'unknown-key': ['InvalidClientTokenId', 403],
    'invalid-token': ['InvalidClientTokenId', 403],
    'expired-token': ['ExpiredToken', 403],
    'bad-signature': ['SignatureDoesNotMatch', 403],
    'wrong-time': ['SignatureDoesNotMatch', 403],
    'malformed-authorization': ['IncompleteSignature', 400],
    denied: ['AccessDenied', 403],
    'malformed-input': ['MalformedInput', 400],
    'unknown-operation': ['InvalidAction', 400],
    'not-offered': ['InvalidAction', 400],
    throttled: ['Throttling', 400],
    'too-large': ['RequestEntityTooLarge', 413],
    unavailable: ['ServiceUnavailable', 503],
    internal: ['InternalFailure', 500],
  },
  s3: {
    'missing-token': ['AccessDenied', 403],
    'unknown-key': ['InvalidAccessKeyId', 403],
    'invalid-token': ['InvalidToken', 400],
    'expired-token': ['ExpiredToken', 400],
    'bad-signature': ['SignatureDoesNotMatch', 403],
    'wrong-time': ['RequestTimeTooSkewed', 403],
    'malformed-authorization': ['AuthorizationHeaderMalformed', 400],
    denied: ['AccessDenied', 403],
    'malformed-input': ['MalformedXML', 400],
    'unknown-operation': ['MethodNotAllowed', 405],
    'not-offered': ['NotImplemented', 501],
    throttled: ['SlowDown', 503],
    'too-large': ['EntityTooLarge', 400],
    unavailable: ['ServiceUnavailable', 503],
    internal: ['InternalError', 500],
  },
}

const FAMILIES: Readonly<Record<ProtocolName, Family>> = { 'rest-json': 'rest-json', 'json-1.0': 'json-rpc', 'json-1.1': 'json-rpc', query: 'query', 'rest-xml': 's3', 'rest-xml-service': 'query' }

/** Sentences that S3 words in its own way. */
const S3_SENTENCES: Partial<Record<Fault, string>> = {
  'missing-token': 'Access Denied',
  'unknown-key': 'The AWS Access Key Id you provided does not exist in our records.',
  'invalid-token': 'The provided token is malformed or otherwise invalid.',
  'expired-token': 'The provided token has expired.',
  'bad-signature': 'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  'wrong-time': 'The difference between the request time and the current time is too large.',
  throttled: 'Please reduce your request rate.',
}

const SENTENCES: Partial<Record<Fault, string>> = {
  'missing-token': 'Missing Authentication Token',
  'unknown-key': 'The security token included in the request is invalid.',
  'invalid-token': 'The security token included in the request is invalid.',
  'expired-token': 'The security token included in the request is expired',
  'bad-signature': 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  throttled: 'Rate exceeded',
}

type Speaker = Pick<ModelDefinition, 'protocol' | 'denied'> & Partial<Pick<ServiceModel, 'errorShape'>>

/** `detail` is the message where the fault has no fixed sentence in this protocol. The service's own model knows the status best. */
export function faultOf(model: Speaker, fault: Fault, detail = '', members: Record<string, unknown> = {}): AwsError {
  const family = FAMILIES[model.protocol]
  const [usual, status] = SPELLINGS[family][fault]
  const code = fault === 'denied' ? (model.denied ?? usual) : usual
  const message = (family === 's3' ? S3_SENTENCES[fault] : SENTENCES[fault]) ?? detail
  return new AwsError(code, message, { status: model.errorShape?.(code)?.status ?? status, members })
}
