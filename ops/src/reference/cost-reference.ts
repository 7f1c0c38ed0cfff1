// ops/src/reference/cost-reference.ts: docs/COST.md: what a thousand devices cost in a month, as `fleet cost` says it for the defaults.
import { WATCHED } from '../cost/designs.ts'
import { renderCost } from '../cost/render.ts'
import { costOf } from '../cost/run.ts'
import { readStageFile } from '../stack/stage-file.ts'

const DEVICES = 1000
/** Of `fleet cost`. */
const DEFAULTS = { messagesPerMinute: 1, messageKb: 10, reportKb: 0.5, batch: 1 }

export function costReference(repository: string): string {
  const cost = costOf(readStageFile(repository, 'dev').stage, { devices: DEVICES, ...DEFAULTS })
  const { shadowWritesPerDay, lossesPerDay, consoleHoursPerDay } = WATCHED
  return `# What it costs

Written by \`npm run docs\`; do not edit. ${DEVICES.toLocaleString('en-US')} devices for a month, by the settings of stage dev:

\`\`\`
$ fleet cost --devices ${DEVICES}
${renderCost(cost, (_style, text) => text)}
\`\`\`

| what is in it | where |
| --- | --- |
| telemetry of components by basic ingest: rules and their actions | IoT Core |
| health: history and last state in tables, archive in S3 through Firehose, log | IoT Core, DynamoDB, Firehose, S3, CloudWatch Logs |
| alarms of lost connections: ${lossesPerDay} a day and device, with the question to the registry and the index of what is open | IoT Core, DynamoDB |
| shadows: ${shadowWritesPerDay} writes a day and device | IoT Core |
| fleet indexing: each of these, and the searches of the console | Device Management |
| the console: ${consoleHoursPerDay} hours a day on the page of the fleet; CloudFront and Cognito are free at this size | DynamoDB, Device Management |
| alarms and dashboard of the operator, key of the stack's secrets, audits | CloudWatch, KMS, Device Defender |

Prices, where each comes from, and how sure it is: \`ops/src/cost/prices.ts\`. \`fleet cost --help\` says what is not counted.
`
}
