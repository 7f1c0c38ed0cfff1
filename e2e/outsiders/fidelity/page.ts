// e2e/outsiders/fidelity/page.ts: prints docs/FIDELITY.md.
import type { Difference } from './differences.ts'
import type { Judgement } from './judgements.ts'

export interface Fidelity {
  /** Operations of the twin, by model. */
  readonly offers: Readonly<Record<string, readonly string[]>>
  readonly judgements: readonly Judgement[]
  readonly differences: readonly Difference[]
}

/** Model → as AWS calls the service. */
const SERVICES: Readonly<Record<string, string>> = {
  iot: 'AWS IoT Core',
  'iot-data-plane': 'AWS IoT data plane',
  'iot-jobs-data-plane': 'AWS IoT Jobs data plane',
  greengrassv2: 'AWS IoT Greengrass V2',
  cloudcontrol: 'AWS Cloud Control API',
  lambda: 'AWS Lambda',
  s3: 'Amazon S3',
  ecr: 'Amazon ECR',
  'cloudwatch-logs': 'Amazon CloudWatch Logs',
  cloudwatch: 'Amazon CloudWatch',
  iam: 'AWS IAM',
  sts: 'AWS STS',
  sns: 'Amazon SNS',
  sqs: 'Amazon SQS',
  dynamodb: 'Amazon DynamoDB',
  firehose: 'Amazon Data Firehose',
  kms: 'AWS KMS',
  cloudfront: 'Amazon CloudFront',
}

export const fidelityPage = ({ offers, judgements, differences }: Fidelity): string =>
  [
    '# How true the twin is to AWS',
    'Printed by `npm run outsiders -- --record`; `npm run outsiders` fails when it is not current. Each row was seen to work by software that nobody in this project wrote, unmodified, at the last recorded run of its suite in `e2e/outsiders/`.',
    'What the twin does not offer it refuses, in a form that AWS\'s clients read: `UnknownOperationException`, `InvalidAction` or, of S3, `NotImplemented`; for a member of an input, the error that AWS itself has for a bad request. What AWS answers to an operation may also be a refusal alone: a setting that no bucket here has.',
    '## Who judges',
    table(['suite', 'software', 'operations', 'other judgements'], judgements.map(({ suite, judge, operations, areas }) => [`\`${suite}\``, judge, String(size(operations)), String(size(areas))])),
    '## Operations',
    ...Object.entries(offers)
      .sort(([one], [other]) => (nameOf(one) < nameOf(other) ? -1 : 1))
      .map(([model, operations]) => `### ${nameOf(model)}\n\n${table(['operation', 'judged by'], [...operations].sort().map((operation) => [`\`${operation}\``, judgesOf(judgements, model, operation)]))}`),
    '## Beyond the operations',
    ...areasOf(judgements).map(([area, rows]) => `### ${area}\n\n${table(['what', 'judged by'], rows)}`),
    '## Known differences from AWS',
    table(['the twin', 'AWS', 'page'], differences.map(({ twin, aws, page }) => [twin, aws, `[${page.title}](${page.address})`])),
  ].join('\n\n') + '\n'

const nameOf = (model: string) => SERVICES[model] ?? model

const judgesOf = (judgements: readonly Judgement[], model: string, operation: string) =>
  judgements.filter(({ operations }) => operations[model]?.includes(operation) === true).map(({ judge }) => judge).join(', ') || refusedBy(judgements, model, operation) || '**nobody**'

const refusedBy = (judgements: readonly Judgement[], model: string, operation: string) =>
  judgements.filter(({ refusals }) => refusals?.[model]?.includes(operation) === true).map(({ judge }) => `${judge} (its refusal)`).join(', ')

function areasOf(judgements: readonly Judgement[]): readonly (readonly [area: string, rows: readonly (readonly [what: string, judges: string])[]])[] {
  const areas = [...new Set(judgements.flatMap(({ areas }) => Object.keys(areas)))].sort()
  return areas.map((area) => {
    const whats = [...new Set(judgements.flatMap(({ areas }) => areas[area] ?? []))].sort()
    return [area, whats.map((what) => [what, judgements.filter(({ areas }) => areas[area]?.includes(what) === true).map(({ judge }) => judge).join(', ')] as const)] as const
  })
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')

const size = (named: Readonly<Record<string, readonly string[]>>) => Object.values(named).reduce((sum, names) => sum + names.length, 0)
