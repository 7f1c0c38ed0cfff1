// sandbox/src/cloud/iot-core/broker/testing/clients.ts: two clients for tests: one that may do little, one that may do everything.
import type { MqttClient } from 'mqtt'
import { iotArn, type TestCloud } from '../../testing.ts'

/** May connect; publish and receive below `own/`, subscribe to `own/*`, retain only below `own/retained`. */
export const LIMITED = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' },
    { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: [iotArn('topic/own/*'), iotArn('topic/$aws/*')] },
    { Effect: 'Allow', Action: 'iot:RetainPublish', Resource: iotArn('topic/own/retained') },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: [iotArn('topicfilter/own/*'), iotArn('topicfilter/$share/g/own/*')] },
    { Effect: 'Deny', Action: 'iot:Receive', Resource: iotArn('topic/own/secret') },
  ],
})

export async function limited(cloud: TestCloud, protocolVersion: 4 | 5): Promise<MqttClient> {
  return cloud.connect(await cloud.issue('d1', [LIMITED]), { clientId: 'd1', protocolVersion })
}

export const free = async (cloud: TestCloud, clientId = 'free', protocolVersion: 4 | 5 = 5) =>
  cloud.connect(await cloud.issue(clientId), { clientId, protocolVersion })
