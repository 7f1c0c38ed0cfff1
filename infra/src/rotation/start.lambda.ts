// infra/src/rotation/start.lambda.ts: Lambda entry of rotation/start: reads its settings and keeps one client of each kind per container.
import { setTimeout as pause } from 'node:timers/promises'
import { IoTClient } from '@aws-sdk/client-iot'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { jsonLog } from '@fleet/log'
import { lambdaSettings } from '../lambda-settings.ts'
import { startRotations } from './start.ts'

const { THING_GROUP, IOT_ARN, AWS_LAMBDA_FUNCTION_NAME } = lambdaSettings(['THING_GROUP', 'IOT_ARN', 'AWS_LAMBDA_FUNCTION_NAME'])
const lambda = new LambdaClient({})

const start = startRotations({
  iot: new IoTClient({}),
  thingGroup: THING_GROUP,
  certificateArn: (certificateId) => `${IOT_ARN}:cert/${certificateId}`,
  thingArn: (thing) => `${IOT_ARN}:thing/${thing}`,
  log: jsonLog({ source: 'rotation-start' }),
  pause: (ms) => pause(ms),
  random: Math.random,
  async continueWith(task) {
    await lambda.send(new InvokeCommand({ FunctionName: AWS_LAMBDA_FUNCTION_NAME, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(task)) }))
  },
})

export const handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => start(event, () => context.getRemainingTimeInMillis())
