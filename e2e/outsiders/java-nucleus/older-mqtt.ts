// e2e/outsiders/java-nucleus/older-mqtt.ts: the nucleus speaks MQTT 3.1.1 as well, when a deployment tells it to.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onCard } from '@fleet/sandbox/site/card'
import { joined, running } from '../../running-sandbox.ts'
import { deployTo, effective } from './components.ts'
import { eventually, type Stage } from './stage.ts'

const NUCLEUS_VERSION = '2.18.0' // as the twin offers it

/** It connects twice at first, and at most once in 11 s; what it could not subscribe to then it tries again after 2 minutes. */
export async function judgeOlderMqtt({ trial, sandbox, listed, until }: Stage): Promise<void> {
  await trial.check('told to speak MQTT 3.1.1 by a deployment, it restarts itself, does so, and works as before', async () => {
    const id = await deployTo(sandbox, listed, { 'aws.greengrass.Nucleus': { componentVersion: NUCLEUS_VERSION, configurationUpdate: { merge: '{"mqtt":{"version":"mqtt3"}}' } } })
    const done = await eventually(() => effective(sandbox, listed, id), (each) => !['IN_PROGRESS', 'QUEUED', undefined].includes(each?.coreDeviceExecutionStatus), trial)
    assert.equal(done?.coreDeviceExecutionStatus, 'COMPLETED', JSON.stringify(done))
    await until(listed, 'running', (pi) => joined(pi) && running(pi))
    const log = readFileSync(join(sandbox.site.card(listed), onCard.nucleusRoot, 'logs/greengrass.log'), 'utf8')
    assert.match(log, /AwsIotMqttClient: Successfully connected to AWS IoT Core/)
    trial.judged('Greengrass core', 'MQTT 3.1.1')
  })
}
