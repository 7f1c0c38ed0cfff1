// sandbox/src/cloud/iot-core/audit/finding-operations.ts: what audits found (AWS IoT API reference).
import type { AuditFinding } from '@aws-sdk/client-iot'
import { prefixOf } from '../../store/store.ts'
import { found, invalidRequest, required } from '../registry/errors.ts'
import { listed } from '../registry/listing.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import { type AuditTables, isSameResource } from './audit-records.ts'

export function findingOperations({ tables }: { readonly tables: AuditTables }) {
  return {
    ListAuditFindings(input) {
      const { taskId, checkName, resourceIdentifier, startTime, endTime, listSuppressedFindings, nextToken, maxResults } = input
      if ((taskId === undefined) !== (startTime !== undefined && endTime !== undefined)) throw invalidRequest('You must specify either the startTime and endTime or the taskId, but not both.')
      if (taskId !== undefined && !tables.tasks.get(taskId)) throw invalidRequest(`There is no audit task ${taskId}.`)
      const keep = (_key: string, finding: AuditFinding) =>
        (checkName === undefined || finding.checkName === checkName) &&
        (listSuppressedFindings === undefined || finding.isSuppressed === listSuppressedFindings) &&
        (resourceIdentifier === undefined || isSameResource(finding.nonCompliantResource?.resourceIdentifier ?? {}, resourceIdentifier)) &&
        isWithin(finding.findingTime, startTime, endTime)
      const { items, next } = listed(tables.findings, { prefix: taskId === undefined ? '' : prefixOf(taskId), token: nextToken, size: maxResults, keep })
      return { findings: items.map(([, finding]) => finding), nextToken: next }
    },
    DescribeAuditFinding(input) {
      const key = tables.findingKeys.get(required(input.findingId, 'findingId'))
      return { finding: found(key === undefined ? undefined : tables.findings.get(key), `Finding ${input.findingId ?? ''}`) }
    },
  } satisfies Partial<IotOperations>
}

const isWithin = (time: Date | undefined, start: Date | undefined, end: Date | undefined) => time !== undefined && (start === undefined || time >= start) && (end === undefined || time <= end)
