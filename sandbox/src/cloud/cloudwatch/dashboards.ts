// sandbox/src/cloud/cloudwatch/dashboards.ts: CloudWatch dashboards: kept and shown as they were written.
import type { Tag } from '@aws-sdk/client-cloudwatch'
import { type Account, globalArn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { OperationsOf } from '../service.ts'
import type { Store } from '../store/store.ts'
import { pageOfList } from '../wire/paging.ts'

type CloudWatch = OperationsOf<typeof import('@aws-sdk/client-cloudwatch')>

export interface DashboardRecord {
  readonly body: string
  readonly tags: readonly Tag[]
  readonly changedAt: Date
}

export const dashboardArn = (account: Account, name: string) => globalArn('cloudwatch', account, `dashboard/${name}`)

export function openDashboards({ account, store, clock }: { readonly account: Account; readonly store: Store; readonly clock: Clock }) {
  const dashboards = store.table<DashboardRecord>('cloudwatch_dashboards')
  const at = (name = '') => {
    const dashboard = dashboards.get(name)
    if (!dashboard) throw new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`)
    return dashboard
  }
  return {
    dashboards,
    operations: {
      PutDashboard({ DashboardName = '', DashboardBody = '', Tags }) {
        if (!/^[A-Za-z0-9_-]{1,255}$/.test(DashboardName)) throw invalid('The dashboard name may have letters, digits, _ and - alone, 255 at most.')
        if (!hasWidgets(DashboardBody)) throw invalid('The field DashboardBody must be a valid JSON object with widgets')
        dashboards.put(DashboardName, { body: DashboardBody, tags: Tags ?? dashboards.get(DashboardName)?.tags ?? [], changedAt: clock.now() })
        return { DashboardValidationMessages: [] }
      },
      GetDashboard: ({ DashboardName = '' }) => ({ DashboardName, DashboardArn: dashboardArn(account, DashboardName), DashboardBody: at(DashboardName).body }),
      ListDashboards({ DashboardNamePrefix = '', NextToken }) {
        const { items, nextToken } = pageOfList(dashboards.all(DashboardNamePrefix), { keyOf: ([name]) => name, token: NextToken, size: { asked: undefined, usual: 1000, most: 1000 }, invalid: () => invalid('The next token is not valid.') })
        return { DashboardEntries: items.map(([name, { body, changedAt }]) => ({ DashboardName: name, DashboardArn: dashboardArn(account, name), LastModified: changedAt, Size: Buffer.byteLength(body) })), NextToken: nextToken }
      },
      /** All of them or none. */
      DeleteDashboards({ DashboardNames = [] }) {
        for (const name of DashboardNames) at(name)
        for (const name of DashboardNames) dashboards.delete(name)
        return {}
      },
    } satisfies CloudWatch,
  }
}

const invalid = (message: string) => new AwsError('InvalidParameterInput', message)

function hasWidgets(body: string): boolean {
  try {
    const parsed = JSON.parse(body) as { readonly widgets?: unknown } | null
    return Array.isArray(parsed?.widgets)
  } catch {
    return false
  }
}
