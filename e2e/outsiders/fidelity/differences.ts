// e2e/outsiders/fidelity/differences.ts: where the twin is known to differ from AWS, with the page that says what AWS does.

export interface Difference {
  /** What the twin does. */
  readonly twin: string
  readonly aws: string
  readonly page: { readonly title: string; readonly address: string }
}

const DOCS = 'https://docs.aws.amazon.com'

export const DIFFERENCES: readonly Difference[] = [
  {
    twin: 'All services share one endpoint and tell requests apart by what was signed; an unsigned REST request that names no service is refused with the `AccessDenied` of S3',
    aws: 'Each service has an endpoint of its own, and refuses in its own words',
    page: { title: 'Service endpoints and quotas', address: `${DOCS}/general/latest/gr/aws-service-information.html` },
  },
  {
    twin: 'Operations and members of inputs that it does not offer are refused by name (`UnknownOperationException`, `InvalidAction`, S3 `NotImplemented`; the error of a bad request for members)',
    aws: 'Offers them',
    page: { title: 'AWS IoT API reference', address: `${DOCS}/iot/latest/apireference/API_Operations.html` },
  },
  {
    twin: 'A function is `Active` when CreateFunction answers; there is only `$LATEST`; Node.js is the only runtime',
    aws: '`Pending` first; versions and aliases; many runtimes',
    page: { title: 'Lambda function states', address: `${DOCS}/lambda/latest/dg/functions-states.html` },
  },
  {
    twin: 'A component version is DEPLOYABLE at once',
    aws: 'After it was checked, within seconds',
    page: { title: 'CreateComponentVersion', address: `${DOCS}/greengrass/v2/APIReference/API_CreateComponentVersion.html` },
  },
  {
    twin: 'SNS sends no mail: each is a file in `cloud/mail` of its state folder, and a subscription is confirmed with the command that the first one names',
    aws: 'Sends it; the link in it opens a page that confirms',
    page: { title: 'Email notifications', address: `${DOCS}/sns/latest/dg/sns-email-notifications.html` },
  },
  {
    twin: 'A lifecycle policy of ECR works at the next push; images are never scanned, and the answer says so',
    aws: 'Within 24 hours; scans with a vulnerability database',
    page: { title: 'Automate the cleanup of images', address: `${DOCS}/AmazonECR/latest/userguide/LifecyclePolicies.html` },
  },
  {
    twin: 'S3 has buckets «bucket owner enforced», one storage class, SSE-S3 alone; lifecycle rules are kept and not carried out',
    aws: 'ACLs, storage classes, KMS and customer keys; lifecycle rules run once a day',
    page: { title: 'Managing the lifecycle of objects', address: `${DOCS}/AmazonS3/latest/userguide/object-lifecycle-mgmt.html` },
  },
  {
    twin: 'DynamoDB has items, queries, scans and batches, and time to live; no transactions, streams, PartiQL, new indexes of a table that is there nor back-ups to restore from; a condition never finds two maps or lists equal, metrics of item collections are left out; it never throttles, and a table is there at once',
    aws: 'Has them, compares maps and lists by what they hold, throttles, and takes seconds to make a table',
    page: { title: 'Amazon DynamoDB API reference', address: `${DOCS}/amazondynamodb/latest/APIReference/API_Operations.html` },
  },
  {
    twin: 'Firehose streams take direct puts and deliver to S3, plain or by GZIP, with `timestamp` and `random-string` in prefixes',
    aws: 'Other sources and destinations, transformation, format conversion, dynamic partitioning',
    page: { title: 'Data delivery in Amazon Data Firehose', address: `${DOCS}/firehose/latest/dev/basic-deliver.html` },
  },
  {
    twin: 'KMS has symmetric keys of one region, without grants; yearly rotation is kept and told, the material stays the same; a key policy may name principals that do not exist; services of AWS have no keys of their own',
    aws: 'Many kinds of keys; rotation makes new material; principals must exist; `alias/aws/…`',
    page: { title: 'AWS KMS keys', address: `${DOCS}/kms/latest/developerguide/concepts.html` },
  },
  {
    twin: 'Cloud Control requests are done when they answer, so that none can be canceled',
    aws: 'Requests go on in the background',
    page: { title: 'CancelResourceRequest', address: `${DOCS}/cloudcontrolapi/latest/APIReference/API_CancelResourceRequest.html` },
  },
  {
    twin: 'IAM and STS know roles, policies, boundaries and OpenID Connect providers; no users, groups or multi-factor devices',
    aws: 'Has them',
    page: { title: 'IAM API reference', address: `${DOCS}/IAM/latest/APIReference/API_Operations.html` },
  },
  {
    twin: 'Cognito signs people in by password and refresh token, and gives roles by the token alone; connections of a signed-in identity are judged by the AWS IoT policies that it had when they were made',
    aws: 'Other flows, providers and mappings; a policy that is detached takes effect on connections that are there',
    page: { title: 'Authorization with Amazon Cognito identities', address: `${DOCS}/iot/latest/developerguide/cog-iot-policies.html` },
  },
  {
    twin: 'CloudFront has distributions of S3 buckets with one behavior and a managed cache policy; they are deployed at once, reached at the gateway by their names in `Host`, and cache nothing',
    aws: 'Deployed within minutes; further origins, behaviors, functions, certificates, aliases; caches at the edge',
    page: { title: 'Distribution settings reference', address: `${DOCS}/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html` },
  },
  {
    twin: 'Web pages of this machine may call it, of any other origin none: its account key is no secret',
    aws: 'Pages of every origin may call',
    page: { title: 'Cross-origin resource sharing in the SDK for JavaScript', address: `${DOCS}/sdk-for-javascript/v3/developer-guide/cors.html` },
  },
  {
    twin: 'Rules have the actions lambda, s3, republish, cloudwatchLogs, cloudwatchMetric, sns, sqs, dynamoDB, dynamoDBv2 and firehose; of the functions that ask another service `get_registry_data` for `DescribeThing`, unknown when its role does not let it; what cannot be done goes to the error action at once',
    aws: 'Further actions; `aws_lambda`, `get_dynamodb`, `get_thing_shadow`, `get_secret` …; what may pass by itself is tried again first',
    page: { title: 'AWS IoT rule actions', address: `${DOCS}/iot/latest/developerguide/iot-rule-actions.html` },
  },
  {
    twin: 'The fleet index is never behind; it reads terms such as `field:value` (registry, connectivity, indexed shadows) that must all hold, with `NOT` before a term and `*` at the end of a value; no aggregations',
    aws: 'Follows within seconds; OR, parentheses, ranges, fuzzy values, aggregations, metrics',
    page: { title: 'Query syntax', address: `${DOCS}/iot/latest/developerguide/query-syntax.html` },
  },
  {
    twin: 'Request rates are held to AWS\'s defaults only with `--quotas`',
    aws: 'Always',
    page: { title: 'AWS IoT Core endpoints and quotas', address: `${DOCS}/general/latest/gr/iot-core.html` },
  },
  {
    twin: 'A connection ends within a second after its certificate has left ACTIVE',
    aws: '«within a few minutes»',
    page: { title: 'UpdateCertificate', address: `${DOCS}/iot/latest/apireference/API_UpdateCertificate.html` },
  },
]
