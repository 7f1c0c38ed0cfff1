// sandbox/src/cloud/cloud-control/types/cloudwatch-dashboard.ts: AWS::CloudWatch::Dashboard.
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { globalArn } from '../../account.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { fromTags, tagChange, TagList } from './tags.ts'

const Dashboard = z.strictObject({ DashboardName: z.string().optional(), DashboardBody: z.string(), Tags: TagList.optional() })
type Dashboard = z.infer<typeof Dashboard>

async function isThere(DashboardName: string, { GetDashboard }: Handling['cloudwatch']): Promise<boolean> {
  try {
    await GetDashboard({ DashboardName })
    return true
  } catch (error) {
    if (error instanceof AwsError && error.code === 'DashboardNotFoundError') return false
    throw error
  }
}

const arnOf = (name: string, { account }: Handling) => globalArn('cloudwatch', account, `dashboard/${name}`)

export const dashboard = resourceType<Dashboard>({
  typeName: 'AWS::CloudWatch::Dashboard',
  schema: Dashboard,
  identifier: ['DashboardName'],
  createOnly: ['DashboardName'],
  readOnly: [],
  writeOnly: [],
  async create({ DashboardName: given, DashboardBody, Tags }, { cloudwatch, generatedName }) {
    const DashboardName = given ?? generatedName()
    if (await isThere(DashboardName, cloudwatch)) throw new AwsError('ResourceAlreadyExistsException', `The dashboard ${DashboardName} exists already.`)
    await cloudwatch.PutDashboard({ DashboardName, DashboardBody, Tags })
    return [DashboardName]
  },
  async read([DashboardName = ''], handling) {
    const { DashboardBody = '' } = await handling.cloudwatch.GetDashboard({ DashboardName })
    const { Tags } = await handling.cloudwatch.ListTagsForResource({ ResourceARN: arnOf(DashboardName, handling) })
    return { DashboardName, DashboardBody, Tags: fromTags(Tags) }
  },
  async update([DashboardName = ''], { before, after }, handling) {
    const { cloudwatch } = handling
    if (before.DashboardBody !== after.DashboardBody) await cloudwatch.PutDashboard({ DashboardName, DashboardBody: after.DashboardBody })
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await cloudwatch.TagResource({ ResourceARN: arnOf(DashboardName, handling), Tags: set })
    if (remove.length > 0) await cloudwatch.UntagResource({ ResourceARN: arnOf(DashboardName, handling), TagKeys: remove })
  },
  async delete([name = ''], { cloudwatch }) {
    await cloudwatch.DeleteDashboards({ DashboardNames: [name] })
  },
  async list({ cloudwatch }) {
    const entries = await allPages(async (NextToken) => {
      const { DashboardEntries: items, NextToken: next } = await cloudwatch.ListDashboards({ NextToken })
      return { items, next }
    })
    return entries.map(({ DashboardName = '' }) => [DashboardName])
  },
})
