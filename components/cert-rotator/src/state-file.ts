// components/cert-rotator/src/state-file.ts: where a rotation stands, on disk: read back after a restart, or recovered from what the host unit was wished.
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import type { Log } from '@fleet/log'
import * as z from 'zod'
import { wishedJob } from './host.ts'
import { recovered, type Rotation } from './rotation.ts'

export const STATE = 'state.json'

const job = { jobId: z.string() }
const withKey = { ...job, key: z.string(), version: z.number(), replaces: z.string().optional() }
const withCertificate = { ...withKey, certificateId: z.string() }
const givenUp = { ...job, reason: z.string(), key: z.string().optional(), certificateId: z.string().optional(), inCharge: z.string().optional() }

const State = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('idle'), last: z.string().optional() }),
  z.object({ phase: z.literal('beginning'), version: z.number(), ...job }),
  z.object({ phase: z.enum(['announcing', 'requesting']), ...withKey }),
  z.object({ phase: z.enum(['trying', 'proving', 'recording', 'keeping', 'retiring', 'succeeding']), ...withCertificate }),
  z.object({ phase: z.enum(['going-back', 'discarding', 'failing']), ...givenUp }),
])

export async function readState(files: FileStore, log: Log): Promise<Rotation> {
  const text = await files.read(STATE)
  const lost = async () => recovered(await wishedJob(files))
  if (text === undefined) return lost()
  try {
    return State.parse(JSON.parse(text))
  } catch (error) {
    log.warn('the state of the rotation cannot be read and is begun anew', { aside: await files.setAside(STATE), error })
    return lost()
  }
}

export const writeState = (files: FileStore, rotation: Rotation): Promise<void> => files.replace(STATE, JSON.stringify(rotation))
