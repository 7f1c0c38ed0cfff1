// ops/src/pipeline/workflow-file.testing.ts: reads the workflows of .github/workflows, for the tests that check and run them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { REPOSITORY } from '../target/repository.ts'

const Permissions = z.record(z.string(), z.enum(['read', 'write', 'none']))
const Step = z.strictObject({ id: z.string().optional(), env: z.record(z.string(), z.string()).optional(), name: z.string().optional(), uses: z.string().optional(), run: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() })
const Job = z.strictObject({
  if: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  uses: z.string().optional(),
  'runs-on': z.string().optional(),
  'timeout-minutes': z.number().optional(),
  environment: z.string().optional(),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.union([z.boolean(), z.string()]) }).optional(),
  permissions: Permissions.optional(),
  strategy: z.unknown().optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  steps: z.array(Step).optional(),
})
const Workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: Permissions,
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.union([z.boolean(), z.string()]) }).optional(),
  jobs: z.record(z.string(), Job),
})

/** The members of GitHub's workflow syntax that these workflows use; another is an error here, since nothing looked at it. */
export type Workflow = z.infer<typeof Workflow>
export type Job = z.infer<typeof Job>

const FOLDER = join(REPOSITORY, '.github/workflows')

export const workflowFiles = (): string[] => readdirSync(FOLDER).sort()
export const workflowText = (file: string): string => readFileSync(join(FOLDER, file), 'utf8')
export const workflow = (file: string): Workflow => Workflow.parse(parse(workflowText(file)))

/** The commands of a job, in order. */
export const commandsOf = (job: Job | undefined): string[] => (job?.steps ?? []).flatMap(({ run }) => run ?? [])
