// infra/src/admission/supersede.test.ts: what a device was given for the same key goes; nothing else of it, and nothing that could keep it out.
import { createHash, X509Certificate } from 'node:crypto'
import { DeleteCertificateCommand, DescribeCertificateCommand, DetachThingPrincipalCommand, ListThingPrincipalsCommand, UpdateCertificateCommand } from '@aws-sdk/client-iot'
import { jsonLog } from '@fleet/log'
import { expect, test } from 'vitest'
import { superseding } from './supersede.ts'
import { certificateWith } from './testing.ts'

const SERIAL = '10000000a1b2c3d4'
const idOf = (pem: string) => createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')
const arnOf = (id: string) => `arn:aws:iot:eu-central-1:111122223333:cert/${id}`

/** An IoT that has made these certificates one after the other; those of `pems` are attached to the thing. `fails` says by which command, and how. */
function things(pems: readonly string[], fails: Readonly<Record<string, string>> = {}) {
  const made = [former, again, later]
  const attached = new Map(pems.map((pem) => [idOf(pem), pem]))
  const done: string[] = []
  const send = async (command: object, { abortSignal }: { readonly abortSignal: AbortSignal }) => {
    const fault = fails[command.constructor.name]
    if (fault === 'silence') return new Promise((_, reject) => abortSignal.addEventListener('abort', () => reject(new Error('aborted'))))
    if (fault !== undefined) throw Object.assign(new Error(fault), { name: fault })
    if (command instanceof ListThingPrincipalsCommand) return { principals: [...attached.keys()].map(arnOf) }
    if (command instanceof DescribeCertificateCommand) return { certificateDescription: describe(made, command.input.certificateId) }
    if (command instanceof UpdateCertificateCommand) return done.push(`${command.input.newStatus} ${command.input.certificateId}`)
    if (command instanceof DetachThingPrincipalCommand) return done.push(`detached ${command.input.principal?.split('/')[1]}`)
    if (command instanceof DeleteCertificateCommand) return done.push(`deleted ${command.input.certificateId}`)
    throw new Error(`${command.constructor.name} is not expected`)
  }
  const lines: Record<string, unknown>[] = []
  const log = jsonLog({ source: 'admission-hook', write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) })
  return { done, lines, supersede: superseding({ send } as never, log) } // the fake answers the five commands that are sent
}

const [former, again, later] = [await certificateWith({ CN: [SERIAL] }), await certificateWith({ CN: [SERIAL] }), await certificateWith({ CN: [SERIAL] })] // of one key
const describe = (made: readonly string[], id: string | undefined) => {
  const index = made.findIndex((pem) => idOf(pem) === id)
  return index < 0 ? { certificatePem: other, creationDate: new Date(0) } : { certificatePem: made[index], creationDate: new Date(1000 * index) }
}
const other = await certificateForAnotherKey()
const applying = { serial: SERIAL, certificateId: idOf(again), certificatePem: again }

test('a certificate for the same key is put out of force, detached and deleted, in this order', async () => {
  const { done, lines, supersede } = things([former, again])
  await supersede(applying)
  expect(done).toEqual([`INACTIVE ${idOf(former)}`, `detached ${idOf(former)}`, `deleted ${idOf(former)}`])
  expect(lines).toEqual([expect.objectContaining({ event: 'superseded certificate removed', certificateId: idOf(former), by: idOf(again) })])
})

test('a certificate for another key is left alone: who holds the claim cannot cut off a device', async () => {
  const { done, supersede } = things([other])
  await supersede(applying)
  expect(done).toEqual([])
})

test('a device that comes for the first time costs one call, and no line in the log', async () => {
  const { done, lines, supersede } = things([], { ListThingPrincipalsCommand: 'ResourceNotFoundException' })
  await supersede(applying)
  expect([done, lines]).toEqual([[], []])
})

test('a certificate that the device has got since is left alone: a hook that AWS IoT no longer waits for must not cut it off', async () => {
  const { done, supersede } = things([later])
  await supersede(applying)
  expect(done).toEqual([])
})

test('a deletion that comes too soon after the detachment leaves what opens nothing', async () => {
  const { done, supersede } = things([former], { DeleteCertificateCommand: 'DeleteConflictException' })
  await supersede(applying)
  expect(done).toEqual([`INACTIVE ${idOf(former)}`, `detached ${idOf(former)}`])
})

test.each(['silence', 'ThrottlingException', 'AccessDeniedException'])('an IoT that answers with %s keeps nobody out, and is told', async (fault) => {
  const { lines, supersede } = things([former], { ListThingPrincipalsCommand: fault })
  await supersede(applying)
  expect(lines).toEqual([expect.objectContaining({ level: 'warn', event: 'superseded certificates may be left', serial: SERIAL })])
})

async function certificateForAnotherKey(): Promise<string> {
  const { X509CertificateGenerator } = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  return (await X509CertificateGenerator.createSelfSigned({ serialNumber: '02', name: [{ CN: [SERIAL] }], keys, signingAlgorithm: algorithm })).toString('pem')
}
