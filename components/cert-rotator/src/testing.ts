// components/cert-rotator/src/testing.ts: tests only: a cloud and a host unit that do what a rotation asks of them, with real certificates.
import 'reflect-metadata'
import { createHash } from 'node:crypto'
import { jobs } from '@fleet/contract/jobs'
import { rotationJobId } from '@fleet/contract/rotation-job'
import { rotation as topics } from '@fleet/contract/topics'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import type { RecordedCloudBus } from '@fleet/device-runtime/testing/recorded-bus'
import * as x509 from '@peculiar/x509'
import * as z from 'zod'
import { WISH } from './host.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const authority = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])

export interface Issued {
  readonly key: string
  readonly certificateId: string
  readonly certificatePem: string
}

export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

/** A certificate for what this request asks. @throws when it was not signed with its own key */
export async function issue(csr: string, validity?: Validity): Promise<Issued> {
  const request = new x509.Pkcs10CertificateRequest(csr)
  if (!(await request.verify())) throw new Error('the request is not signed with its own key')
  const certificate = await x509.X509CertificateGenerator.create({ serialNumber: '01', subject: request.subject, issuer: 'CN=test', publicKey: request.publicKey, signingKey: authority.privateKey, signingAlgorithm: ALGORITHM, ...validity })
  const digest = (bytes: ArrayBuffer) => createHash('sha256').update(Buffer.from(bytes)).digest('hex')
  return { key: digest(request.publicKey.rawData), certificateId: digest(certificate.rawData), certificatePem: `${certificate.toString('pem')}\n` }
}

const OLD = 'ab'.repeat(32)
const Update = z.object({ status: z.string(), clientToken: z.string(), expectedVersion: z.number().optional(), statusDetails: z.record(z.string(), z.string()) })

/** One job for the thing, answered as AWS IoT and the functions of infra/src/rotation answer. `connectedWith` is the certificate of the nucleus's connection. */
export function rotationCloud(bus: RecordedCloudBus, thing: string) {
  const jobId = rotationJobId(thing, OLD, 1)
  const cloud = { jobId, old: OLD, connectedWith: OLD, status: 'QUEUED', version: 1, details: {} as Readonly<Record<string, string>>, issued: undefined as Issued | undefined, refuses: undefined as string | undefined, validity: undefined as Validity | undefined, retired: [] as string[] }
  let issuing: Promise<Issued> | undefined
  const say = (topic: { of(thing: string): string }, message: object) => bus.receive(topic.of(thing), message)
  const state = () => ({ status: cloud.status, statusDetails: cloud.details, versionNumber: cloud.version })
  const hasEnded = () => !['QUEUED', 'IN_PROGRESS'].includes(cloud.status)
  const answers: Readonly<Record<string, (message: Readonly<Record<string, unknown>>) => void | Promise<void>>> = {
    [jobs.get.of(thing)]: () => say(jobs.getAccepted, hasEnded() ? {} : { [cloud.status === 'QUEUED' ? 'queuedJobs' : 'inProgressJobs']: [{ jobId, versionNumber: cloud.version, queuedAt: 1 }] }),
    [jobs.update(jobId).of(thing)](message) {
      const { status, clientToken, expectedVersion, statusDetails } = Update.parse(message)
      const reject = (code: string) => bus.receive(`${jobs.update(jobId).of(thing)}/rejected`, { code, clientToken, executionState: state() })
      if (hasEnded()) return reject('InvalidStateTransition')
      if (expectedVersion !== undefined && expectedVersion !== cloud.version) return reject('VersionMismatch')
      Object.assign(cloud, { status, details: statusDetails, version: cloud.version + 1 })
      bus.receive(`${jobs.update(jobId).of(thing)}/accepted`, { clientToken, executionState: state(), jobDocument: { operation: 'rotate-certificate', certificateId: OLD } })
    },
    async [topics.csr.of(thing)]({ csr }) {
      if (cloud.refuses !== undefined) return say(topics.refused, { jobId, reason: cloud.refuses })
      issuing ??= issue(String(csr), cloud.validity)
      cloud.issued ??= await issuing
      say(topics.signed, { jobId, ...cloud.issued })
    },
    [topics.prove.of(thing)]: () => say(topics.proven, { jobId, certificateId: cloud.connectedWith }),
    [topics.outcome.of(thing)]({ inCharge }) {
      if (inCharge !== cloud.connectedWith) return
      cloud.retired = [OLD, cloud.issued?.certificateId ?? ''].filter((id) => id !== '' && id !== inCharge)
      say(topics.finished, { jobId, inCharge })
    },
  }
  bus.onArrival(({ topic, message }) => void answers[topic]?.(message as Readonly<Record<string, unknown>>))
  return Object.assign(cloud, { announce: () => say(jobs.notify, { jobs: { QUEUED: [{ jobId, versionNumber: cloud.version, queuedAt: 1 }] } }) })
}

/** What the host unit would do now, to be called after each wish: tries by putting the new certificate in charge, keeps, goes back. */
export function hostUnit(files: FileStore, host: FileStore, cloud: ReturnType<typeof rotationCloud>) {
  return async (): Promise<void> => {
    const [verb, generation] = ((await files.read(WISH)) ?? '').trim().split(' ')
    if (generation === undefined) return
    if (verb === 'try') {
      const pem = (await files.read(`${generation}.pem`)) ?? ''
      cloud.connectedWith = createHash('sha256').update(Buffer.from(new x509.X509Certificate(pem).rawData)).digest('hex')
      await host.replace('answer', `trying ${generation}\n`)
    }
    if (verb === 'keep') await host.replace('answer', `kept ${generation}\n`)
    if (verb === 'back') {
      cloud.connectedWith = OLD
      await host.replace('answer', `back ${generation} as the rotator wished\n`)
    }
  }
}
