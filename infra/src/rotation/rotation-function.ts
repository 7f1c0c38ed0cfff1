// infra/src/rotation/rotation-function.ts: one function of rotation with what belongs to each: role, log group, and where it leaves what it could not do.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Function } from '@pulumi/aws-native/lambda/function.js'
import { LogGroup } from '@pulumi/aws-native/logs/logGroup.js'
import type { Queue } from '@pulumi/aws-native/sqs/queue.js'
import type * as pulumi from '@pulumi/pulumi'
import { arn, fleetArns } from '../arn.ts'
import { bundle } from '../bundle.ts'
import { allow, trust, type Grant } from '../policy-document.ts'
import { boundedRole } from '../role.ts'

export type Part = 'start' | 'sign' | 'finish'

export interface RotationFunctionArgs {
  readonly part: Part
  readonly stage: Stage
  readonly description: string
  readonly timeoutSeconds: number
  readonly environment: Readonly<Record<string, string>>
  readonly grants: readonly Grant[]
  readonly deadLetters: Queue
}

/** Such small functions are bound by their calls; more memory would shorten the cold start alone. */
const MEMORY_MB = 256

export function rotationFunction(name: string, { part, stage, description, timeoutSeconds, environment, grants, deadLetters }: RotationFunctionArgs, parent: pulumi.Resource): Function {
  const functionName = fleetNames(stage).rotationFunction(part)
  const logGroupName = `/aws/lambda/${functionName}`
  const logGroup = new LogGroup(`${name}-log`, { logGroupName, retentionInDays: stage.logRetentionDays }, { parent })
  const common: readonly Grant[] = [
    { sid: 'LeaveUndone', actions: ['sqs:SendMessage'], resources: [deadLettersArn(stage)] },
    { sid: 'WriteLog', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${fleetArns(stage).logGroup(logGroupName)}:*`], because: "Lambda names the streams of the function's own log group." },
  ]
  const role = boundedRole(`${name}-role`, { stage, trusted: trust('lambda.amazonaws.com'), may: { [`rotation-${part}`]: allow(...grants, ...common) } }, parent)
  return new Function(
    `${name}-function`,
    {
      functionName,
      description,
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      code: { zipFile: bundle(`rotation/${part}.lambda.ts`) },
      role: role.arn,
      timeout: timeoutSeconds,
      memorySize: MEMORY_MB,
      environment: { variables: environment },
      deadLetterConfig: { targetArn: deadLetters.arn },
    },
    { parent, dependsOn: logGroup },
  )
}

export const deadLettersArn = (stage: Stage) => arn('sqs', stage, fleetNames(stage).rotationDeadLetters)
