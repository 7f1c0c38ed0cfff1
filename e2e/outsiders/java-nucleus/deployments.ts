// e2e/outsiders/java-nucleus/deployments.ts: deployments to one device by its shadow: done, failed and rolled back, cancelled, cut off.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CancelDeploymentCommand } from '@aws-sdk/client-greengrassv2'
import { onCard } from '@fleet/sandbox/site/card'
import { joined, running } from '../../running-sandbox.ts'
import { deployTo, effective, publish } from './components.ts'
import { eventually, stateOf, type Stage } from './stage.ts'

const HELLO = 'com.example.Hello'
const SLOW = 'com.example.Slow'
const GOOD = { name: HELLO, version: '1.0.0', lifecycle: { run: 'echo "greeting {configuration:/greeting}"; exec sleep 100000' }, defaultConfiguration: { greeting: 'hello' } }

/** The installation of this version takes until it is told to go on. */
const slowly = (version: string) => ({ install: { script: `touch begun-${version}; while [ ! -e go-on-${version} ]; do sleep 1; done`, timeout: 600 }, run: 'exec sleep 100000' })

export async function judgeDeployments(stage: Stage): Promise<void> {
  const { trial, sandbox, listed, until } = stage
  const outcome = (id: string) => eventually(() => effective(sandbox, listed, id), (each) => each?.coreDeviceExecutionStatus !== undefined && !['IN_PROGRESS', 'QUEUED'].includes(each.coreDeviceExecutionStatus), trial)

  const onTheCard = (file: string) => join(sandbox.site.card(listed), onCard.nucleusRoot, 'work', SLOW, file)
  const begun = (version: string) => eventually(() => Promise.resolve(existsSync(onTheCard(`begun-${version}`))), (isThere) => isThere, trial)
  const goOn = (version: string) => writeFileSync(onTheCard(`go-on-${version}`), '')

  await trial.check('a deployment to the thing comes by its shadow, and joins what the group has', async () => {
    await publish(sandbox, GOOD)
    const id = await deployTo(sandbox, listed, { [HELLO]: { componentVersion: '1.0.0', configurationUpdate: { merge: '{"greeting":"good morning"}' } } })
    assert.equal((await outcome(id))?.coreDeviceExecutionStatus, 'COMPLETED')
    await until(listed, 'running both', (pi) => running(pi) && stateOf(pi, HELLO, '1.0.0') === 'RUNNING')
    trial.judged('Greengrass core', 'deployment to a thing by its shadow')
  })
  await trial.check('a bad release fails, is told with its reason, and the one before it runs again', async () => {
    await publish(sandbox, { name: HELLO, version: '2.0.0', lifecycle: { startup: 'echo no; exit 7' } })
    const id = await deployTo(sandbox, listed, { [HELLO]: { componentVersion: '2.0.0' } })
    const failed = await outcome(id)
    assert.equal(failed?.coreDeviceExecutionStatus, 'FAILED')
    assert.match(JSON.stringify(failed.statusDetails ?? failed.reason), /BROKEN|broken/)
    await until(listed, 'back at 1.0.0', (pi) => running(pi) && stateOf(pi, HELLO, '1.0.0') === 'RUNNING')
    trial.judged('Greengrass core', 'rollback after a bad release')
  })
  await trial.check('a version that is not there fails, and nothing changes', async () => {
    const id = await deployTo(sandbox, listed, { [HELLO]: { componentVersion: '1.0.0' }, 'com.example.Nobody': { componentVersion: '1.0.0' } }).catch((error: unknown) => (error as Error).name)
    if (id === 'ResourceNotFoundException' || id === 'ValidationException') return // the cloud itself refuses it
    assert.equal((await outcome(id))?.coreDeviceExecutionStatus, 'FAILED')
    assert.equal(stateOf(await until(listed, 'running', running), HELLO), 'RUNNING')
  })
  await trial.check('a deployment is cancelled while it is carried out, and what ran before runs on', async () => {
    await publish(sandbox, { name: SLOW, version: '1.0.0', lifecycle: slowly('1.0.0') })
    const id = await deployTo(sandbox, listed, { [HELLO]: { componentVersion: '1.0.0' }, [SLOW]: { componentVersion: '1.0.0' } })
    await begun('1.0.0')
    await sandbox.greengrass.send(new CancelDeploymentCommand({ deploymentId: id }))
    const cancelled = await outcome(id)
    assert.equal(cancelled?.coreDeviceExecutionStatus, 'CANCELED')
    goOn('1.0.0')
    await until(listed, 'running as before', (pi) => running(pi) && stateOf(pi, HELLO, '1.0.0') === 'RUNNING')
    trial.judged('Greengrass core', 'cancelled deployment')
  })
  await trial.check('the power is cut in the middle of a deployment: it is carried out when the power is back', async () => {
    await publish(sandbox, { name: SLOW, version: '1.1.0', lifecycle: slowly('1.1.0') })
    const id = await deployTo(sandbox, listed, { [HELLO]: { componentVersion: '1.0.0' }, [SLOW]: { componentVersion: '1.1.0' } })
    await begun('1.1.0')
    await sandbox.site.unplug(listed)
    await sandbox.site.powerOn(listed)
    goOn('1.1.0')
    assert.equal((await outcome(id))?.coreDeviceExecutionStatus, 'COMPLETED')
    await until(listed, 'running all', (pi) => joined(pi) && running(pi) && stateOf(pi, SLOW, '1.1.0') === 'RUNNING')
    trial.judged('Greengrass core', 'power cut in a deployment')
  })
}
