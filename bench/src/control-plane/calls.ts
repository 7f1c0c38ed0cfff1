// bench/src/control-plane/calls.ts: the calls that the twin and moto are both asked, as they stand on the wire.
import { CreateKeysAndCertificateCommand, CreateThingCommand, IoTClient } from '@aws-sdk/client-iot'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { ACCOUNT, ROOT_KEY } from '../open-twin.ts'

export interface Call {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly service: 'iot' | 's3'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** By what they are called in the table; each makes its nth request. */
export type Calls = Readonly<Record<string, (nth: number) => Call>>

const THINGS = 100
const BUCKET = 'bench'
const BODY = 'x'.repeat(1024)

/** Makes what the calls need to be there. Their order matters: things that `create thing` has made are there for the others. */
export async function prepareCalls(endpoint: string): Promise<Calls> {
  const config = { endpoint, region: ACCOUNT.region, credentials: ROOT_KEY }
  const iot = new IoTClient(config)
  for (let nth = 0; nth < THINGS; nth++) await iot.send(new CreateThingCommand({ thingName: `thing-${nth}`, attributePayload: { attributes: { nth: String(nth) } } }))
  const { certificateArn = '' } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await new S3Client({ ...config, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: ACCOUNT.region } }))
  const one = (nth: number) => nth % THINGS
  return {
    'describe thing': (nth) => ({ method: 'GET', target: `/things/thing-${one(nth)}`, service: 'iot' }),
    'list things (25)': () => ({ method: 'GET', target: '/things?maxResults=25', service: 'iot' }),
    'attach certificate to thing': (nth) => ({ method: 'PUT', target: `/things/thing-${one(nth)}/principals`, service: 'iot', headers: { 'x-amzn-principal': certificateArn } }),
    'S3 put (1 KiB)': (nth) => ({ method: 'PUT', target: `/${BUCKET}/object-${one(nth)}`, service: 's3', body: BODY }),
    'S3 get (1 KiB)': () => ({ method: 'GET', target: `/${BUCKET}/object-0`, service: 's3' }),
    'create thing': (nth) => ({ method: 'POST', target: `/things/new-${nth}`, service: 'iot', headers: { 'content-type': 'application/json' }, body: '{"attributePayload":{"attributes":{"site":"here"}}}' }),
  }
}
