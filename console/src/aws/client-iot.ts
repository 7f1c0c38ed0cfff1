// console/src/aws/client-iot.ts: what the page asks of AWS IoT (API reference, each operation's «Request Syntax»).
import { clientOf, commandOf, pagesOf, rest } from './client.ts'

const executionsOfJob = rest('ListJobExecutionsForJob', 'GET /jobs/{jobId}/things', ['status', 'maxResults', 'nextToken'])

export const IoTClient = clientOf({ prefix: 'iot', signedAs: 'iot' })
export const SearchIndexCommand = commandOf(rest('SearchIndex', 'POST /indices/search'))
export const ListThingPrincipalsCommand = commandOf(rest('ListThingPrincipals', 'GET /things/{thingName}/principals', ['nextToken', 'maxResults']))
export const DescribeCertificateCommand = commandOf(rest('DescribeCertificate', 'GET /certificates/{certificateId}'))
export const DescribeJobExecutionCommand = commandOf(rest('DescribeJobExecution', 'GET /things/{thingName}/jobs/{jobId}', ['executionNumber']))
export const ListJobExecutionsForThingCommand = commandOf(rest('ListJobExecutionsForThing', 'GET /things/{thingName}/jobs', ['status', 'namespaceId', 'maxResults', 'nextToken', 'jobId']))
export const ListJobExecutionsForJobCommand = commandOf(executionsOfJob)
export const paginateListJobExecutionsForJob = pagesOf(executionsOfJob, 'maxResults')
export const CreateJobCommand = commandOf(rest('CreateJob', 'PUT /jobs/{jobId}'))
export const DescribeAccountAuditConfigurationCommand = commandOf(rest('DescribeAccountAuditConfiguration', 'GET /audit/configuration'))
export const ListAuditFindingsCommand = commandOf(rest('ListAuditFindings', 'POST /audit/findings'))
export const StartOnDemandAuditTaskCommand = commandOf(rest('StartOnDemandAuditTask', 'POST /audit/tasks'))
