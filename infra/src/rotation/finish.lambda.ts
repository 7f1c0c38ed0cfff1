// infra/src/rotation/finish.lambda.ts: Lambda entry of rotation/finish: one client of each kind per container.
import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { jsonLog } from '@fleet/log'
import { lambdaSettings } from '../lambda-settings.ts'
import { finishRotations } from './finish.ts'

const { METRICS } = lambdaSettings(['METRICS'])

export const handler = finishRotations({ iot: new IoTClient({}), data: new IoTDataPlaneClient({}), metrics: METRICS, log: jsonLog({ source: 'rotation-finish' }) })
