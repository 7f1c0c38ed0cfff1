// e2e/outsiders/java-nucleus/identity.ts: its certificate is withdrawn and given back, it is switched off and on, and it gets a new certificate.
import assert from 'node:assert/strict'
import { CreateJobCommand, DescribeJobExecutionCommand, ListThingPrincipalsCommand } from '@aws-sdk/client-iot'
import { arn } from '@fleet/contract/arn'
import { rotationJob } from '@fleet/contract/rotation-job'
import { joined, running, serial } from '../../running-sandbox.ts'
import { eventually, type Stage } from './stage.ts'

const OTHER = serial(2) // a list that names nobody is taken for a mistake

export async function judgeIdentity({ trial, sandbox, listed, until }: Stage): Promise<void> {
  const certificate = async () => ((await sandbox.iot.send(new ListThingPrincipalsCommand({ thingName: listed }))).principals ?? []).map((principal) => principal.split(':cert/')[1] ?? '')

  await trial.check('shut down and switched on, it returns with what it had', async () => {
    await sandbox.site.shutDown(listed)
    await sandbox.site.powerOn(listed)
    await until(listed, 'running', (pi) => joined(pi) && running(pi))
    trial.judged('Greengrass core', 'restart')
  })
  await trial.check('taken off the list it is cut off; put back, it returns by itself', async () => {
    await sandbox.allow([OTHER])
    await until(listed, 'cut off', ({ stand }) => !stand.connected)
    await sandbox.allow([listed])
    await until(listed, 'connected', joined)
    trial.judged('Greengrass core', 'revocation and return')
  })
  await trial.check('a job gives it a new certificate, with which it goes on', async () => {
    const [old = ''] = await certificate()
    const job = rotationJob({ thing: listed, thingArn: arn('iot', sandbox.target.stage, `thing/${listed}`), certificateId: old, attempt: 1 })
    await sandbox.iot.send(new CreateJobCommand(job))
    const execution = async () => (await sandbox.iot.send(new DescribeJobExecutionCommand({ thingName: listed, jobId: job.jobId }))).execution?.status
    assert.equal(await eventually(execution, (status) => status !== 'QUEUED' && status !== 'IN_PROGRESS', trial), 'SUCCEEDED')
    const now = await certificate()
    assert.equal(now.length, 1)
    assert.notEqual(now[0], old)
    await until(listed, 'running', (pi) => joined(pi) && running(pi))
    trial.judged('Greengrass core', 'rotation of the certificate')
  })
}
