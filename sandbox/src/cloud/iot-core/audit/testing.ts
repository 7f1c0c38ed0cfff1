// sandbox/src/cloud/iot-core/audit/testing.ts: audits of a real registry, IAM and topics, with a clock to move, for the tests of this folder.
import { onTestFinished } from 'vitest'
import { type Clock, cloudClock } from '../../clock.ts'
import { openCognito } from '../../cognito/cognito.ts'
import { openIam } from '../../iam/iam.ts'
import { openPki } from '../../pki/pki.ts'
import { certificateRequest } from '../../pki/testing.ts'
import type { DeviceMessage } from '../../ports.ts'
import { openSns } from '../../sns/sns.ts'
import { openSqs } from '../../sqs/sqs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { CALL } from '../registry/testing.ts'
import { openRegistry } from '../registry/registry.ts'
import { resourceTags } from '../resource-tags.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import { recordedLog } from '../testing.ts'
import { openAudit } from './audit.ts'
import { CHECK_NAMES } from './check-names.ts'
import { identityPoolReader } from './identity-pool-reader.ts'
import { identityPoolUse } from './identity-pool-use.ts'
import { serviceAccess } from './service-access.ts'
import { roleReader } from './role-reader.ts'

export const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' }
export const AUDIT_ROLE = 'arn:aws:iam::000000000000:role/audit'
export const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:findings'
export const DAY_MS = 86_400_000

type Listener = (message: Pick<DeviceMessage, 'topic' | 'payload'>) => void
type Audits = Required<Pick<IotOperations, 'UpdateAccountAuditConfiguration' | 'DescribeAccountAuditConfiguration' | 'DeleteAccountAuditConfiguration' | 'StartOnDemandAuditTask' | 'CancelAuditTask' | 'DescribeAuditTask' | 'ListAuditTasks' | 'ListAuditFindings' | 'DescribeAuditFinding' | 'CreateScheduledAudit' | 'UpdateScheduledAudit' | 'DescribeScheduledAudit' | 'CreateAuditSuppression' | 'ListAuditSuppressions'>>
type Called = { readonly [K in keyof Audits]: (input: Parameters<NonNullable<Audits[K]>>[0]) => Promise<Awaited<ReturnType<NonNullable<Audits[K]>>>> }

export const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] })
const trust = (...services: readonly string[]) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' }] })

export interface AuditBenchOptions {
  readonly store?: Store
  readonly grants?: string
}

export function auditBench({ store = openStore(':memory:'), grants }: AuditBenchOptions = {}) {
  const clock: Clock = cloudClock(store)
  const { log, lines } = recordedLog()
  const common = { account: ACCOUNT, store, clock, log }
  const iam = openIam({ ...common, rootKey: { accessKeyId: 'AKIATEST', secretAccessKey: 'x' } })
  const registry = openRegistry({ ...common, pki: openPki({ store, clock }) })
  const sqs = openSqs(common)
  const sns = openSns({ ...common, queues: sqs.sink, sendMail: () => undefined, functions: { invokeLater: () => ({ kind: 'accepted' }) } })
  const access = serviceAccess(common)
  const cognito = openCognito({ ...common, sessions: iam.federatedSessions })
  const poolUse = identityPoolUse(common)
  const listeners: Listener[] = []
  const audit = openAudit({ ...common, registry: registry.state, tags: resourceTags(registry.state), roles: iam.roleSessions, roleReader: roleReader(iam, access), identityPools: identityPoolReader(cognito.identityPools), identityPoolUse: poolUse, topics: sns.publisher, loggingOptions: () => registry.operations.GetV2LoggingOptions({}), listen: (listener) => void listeners.push(listener) })
  onTestFinished(() => audit[Symbol.dispose]())
  const operations = audit.service.operations as unknown as Audits // of the model iot
  const api = Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, async (input: unknown) => (run as (input: unknown, call: unknown) => unknown)(input, CALL)])) as unknown as Called // each as the gateway calls it

  const role = (RoleName: string, services: readonly string[], document: string) => {
    if (store.table('iam_roles').get(RoleName) !== undefined) return
    iam.operations.CreateRole({ RoleName, AssumeRolePolicyDocument: trust(...services) })
    iam.operations.PutRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document })
  }
  role('audit', ['iot.amazonaws.com'], grants ?? allow(['iot:*', 'iam:*', 'cognito-identity:*', 'sns:Publish']))
  return {
    ...{ clock, store, lines, api, iam, audit, access, role },
    iot: registry.operations,
    identityPools: cognito.identityPools,
    poolUse,
    /** A queue that gets what the topic gets. */
    async topicWithQueue() {
      const call = async (service: typeof sns.service, name: string, input: object) => (service.operations[name] as unknown as (input: object, call: unknown) => unknown)(input, CALL)
      await call(sns.service, 'CreateTopic', { Name: 'findings' })
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' }] })
      await call(sqs.service, 'CreateQueue', { QueueName: 'q', Attributes: { Policy: policy } })
      await call(sns.service, 'Subscribe', { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:eu-central-1:000000000000:q', Attributes: { RawMessageDelivery: 'true' } })
      return async () => {
        const { Messages = [] } = (await call(sqs.service, 'ReceiveMessage', { QueueUrl: '/000000000000/q', MaxNumberOfMessages: 10 })) as { Messages?: { Body: string }[] }
        return Messages.map(({ Body }) => JSON.parse(Body) as Record<string, unknown>)
      }
    },
    /** All checks on. */
    async enable(checks: readonly string[] = CHECK_NAMES, more: object = {}) {
      await api.UpdateAccountAuditConfiguration({ roleArn: AUDIT_ROLE, auditCheckConfigurations: Object.fromEntries(checks.map((name) => [name, { enabled: true }])), ...more })
    },
    async certificate(commonName = 'pi') {
      const { csr } = await certificateRequest(`CN=${commonName}`)
      return registry.operations.CreateCertificateFromCsr({ certificateSigningRequest: csr, setAsActive: true }).certificateId
    },
    /** A lifecycle event, as the broker publishes it. */
    presence(eventType: 'connected' | 'disconnected', { clientId, certificateId, session, reason }: { readonly clientId: string; readonly certificateId: string; readonly session: string; readonly reason?: string }) {
      const payload = Buffer.from(JSON.stringify({ clientId, principalIdentifier: certificateId, sessionIdentifier: session, eventType, timestamp: clock.now().getTime(), ...(reason === undefined ? {} : { disconnectReason: reason }) }))
      for (const listener of listeners) listener({ topic: `$aws/events/presence/${eventType}/${clientId}`, payload })
    },
    /** Runs an audit to its end. @returns the task, and codes by check */
    async run(targetCheckNames: string[] = [...CHECK_NAMES]) {
      const { taskId = '' } = await api.StartOnDemandAuditTask({ targetCheckNames })
      return ended(api, taskId)
    },
    ended: async (taskId: string) => ended(api, taskId),
  }
}

export type AuditBench = ReturnType<typeof auditBench>

async function ended(api: Called, taskId: string) {
  for (;;) {
    const task = await api.DescribeAuditTask({ taskId })
    if (task.taskStatus !== 'IN_PROGRESS') {
      const { findings = [] } = await api.ListAuditFindings({ taskId, maxResults: 250 })
      return { ...task, taskId, findings, codes: findings.map(({ reasonForNonComplianceCode }) => reasonForNonComplianceCode) }
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
