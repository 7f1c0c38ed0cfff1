// components/cert-rotator/src/rotation.test.ts: the decisions of a rotation: as it goes, and whatever is lost, doubled, late or restarted.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orders } from './orders.ts'
import { next, type Happened, type Phase, type Rotation } from './rotation.ts'
import { World, type Step } from './world.testing.ts'

const JOB = 'j'
const all: Happened[] = [
  { kind: 'pending', jobId: JOB, version: 1 },
  { kind: 'key-made', jobId: JOB, key: 'k' },
  { kind: 'told', jobId: JOB, step: 'key-made', version: 2 },
  { kind: 'signed', jobId: JOB, key: 'k', certificateId: 'new', certificatePem: '', fits: true },
  { kind: 'host', jobId: JOB, answer: 'trying' },
  { kind: 'proven', jobId: JOB, certificateId: 'new' },
  { kind: 'told', jobId: JOB, step: 'proven', version: 3 },
  { kind: 'host', jobId: JOB, answer: 'kept' },
  { kind: 'finished', jobId: JOB, inCharge: 'new' },
  { kind: 'told', jobId: JOB, step: 'done', version: 4 },
]
const after = (...events: readonly Happened[]) => events.reduce<Rotation>(next, { phase: 'idle' })
const upTo = (phase: Phase) => {
  let rotation: Rotation = { phase: 'idle' }
  for (const event of all) {
    if (rotation.phase === phase) return rotation
    rotation = next(rotation, event)
  }
  throw new Error(`no rotation is ever ${phase}`)
}

test('as it goes', () => {
  const phases: Phase[] = []
  all.reduce<Rotation>((rotation, event) => {
    const then = next(rotation, event)
    phases.push(then.phase)
    return then
  }, { phase: 'idle' })
  expect(phases).toEqual(['beginning', 'announcing', 'requesting', 'trying', 'proving', 'recording', 'keeping', 'retiring', 'succeeding', 'idle'])
})

const CONTRARY: Happened[] = [
  { kind: 'refused', jobId: JOB, reason: 'no' },
  { kind: 'signed', jobId: JOB, key: 'k', certificateId: 'new', certificatePem: '', fits: false },
  { kind: 'signed', jobId: JOB, key: 'another', certificateId: 'new', certificatePem: '', fits: true },
  { kind: 'proven', jobId: JOB, certificateId: 'old' },
  { kind: 'differs', jobId: JOB, ended: true, status: 'TIMED_OUT' },
  { kind: 'differs', jobId: JOB, ended: true, status: 'TIMED_OUT', step: 'proven', key: 'k', version: 9 },
  { kind: 'differs', jobId: JOB, ended: false, status: 'IN_PROGRESS', step: 'key-made', key: 'k', version: 9 },
  { kind: 'host', jobId: JOB, answer: 'back', reason: 'silence' },
  { kind: 'finished', jobId: JOB, inCharge: 'old' },
]

/** What each event that is not the next one does in each phase; phases and events that are not here change nothing. */
const TURNS: Partial<Record<Phase, Readonly<Record<number, Phase>>>> = {
  announcing: { 4: 'idle', 5: 'idle', 6: 'requesting' },
  requesting: { 0: 'discarding', 1: 'discarding' },
  trying: { 4: 'going-back', 7: 'discarding' },
  proving: { 4: 'going-back', 7: 'discarding' },
  recording: { 4: 'going-back', 5: 'keeping', 7: 'discarding' },
  keeping: { 7: 'discarding' },
  succeeding: { 4: 'idle', 5: 'idle' },
}

test.each<Phase>(['idle', 'beginning', 'announcing', 'requesting', 'trying', 'proving', 'recording', 'keeping', 'retiring', 'succeeding'])('what contradicts it while %s', (phase) => {
  const rotation = upTo(phase)
  CONTRARY.forEach((event, index) => {
    const then = next(rotation, event)
    expect(then.phase, JSON.stringify(event)).toBe(TURNS[phase]?.[index] ?? phase)
  })
})

test('the order of a rotation that is given up: back, told over the old certificate, failed', () => {
  const given = next(upTo('recording'), { kind: 'differs', jobId: JOB, ended: true, status: 'TIMED_OUT' })
  expect(orders(given)).toEqual([{ do: 'wish', verb: 'back', jobId: JOB }])
  const back = next(given, { kind: 'host', jobId: JOB, answer: 'back' })
  expect(orders(back)).toEqual([{ do: 'prove', jobId: JOB }])
  const known = next(back, { kind: 'proven', jobId: JOB, certificateId: 'old' })
  expect(orders(known)[1]).toEqual({ do: 'tell-outcome', outcome: { jobId: JOB, outcome: 'rolled-back', inCharge: 'old', other: 'new' } })
  expect(next(known, { kind: 'finished', jobId: JOB, inCharge: 'old' })).toMatchObject({ phase: 'failing', reason: 'the job has ended: TIMED_OUT' })
})

test('going back, the connection with the new certificate is no news', () => {
  const discarding = next(upTo('keeping'), { kind: 'host', jobId: JOB, answer: 'back' })
  expect(next(discarding, { kind: 'proven', jobId: JOB, certificateId: 'new' })).toBe(discarding)
})

test('what was already heard, or is of another rotation, changes nothing', () => {
  for (let index = 1; index < all.length; index++) {
    const rotation = after(...all.slice(0, index))
    for (const event of all.slice(0, index)) expect(next(rotation, event)).toBe(rotation)
    for (const event of [...all, ...CONTRARY]) expect(next(rotation, { ...event, jobId: 'another' })).toBe(rotation)
  }
})

const picks = fc.nat({ max: 30 })
const chaos: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>({ do: 'act' }, { do: 'host' }, { do: 'advance' }) },
  { weight: 4, arbitrary: picks.map((pick): Step => ({ do: 'deliver', pick })) },
  { weight: 2, arbitrary: picks.map((pick): Step => ({ do: 'deliver-twice', pick })) },
  { weight: 1, arbitrary: picks.map((pick): Step => ({ do: 'lose', pick })) },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'ask' }, { do: 'nucleus' }, { do: 'host-out-of-time' }, { do: 'time-out' }, { do: 'forget-state' }) },
)

/** The one thing that must never happen: what the device relies on is gone from the cloud. While it tries a new one it relies on the old. */
function expectWorking({ trial, generations, inCharge, certificates }: World): void {
  const relied = trial && trial.decided !== 'kept' ? generations.get(trial.former) : inCharge
  expect([...certificates.keys()]).toContain(relied)
}

/** From here on nothing is lost, and each does its part. */
function settle(world: World): void {
  for (let round = 0; round < 100; round++) {
    world.step({ do: 'advance' })
    if (round % 20 === 19) world.step({ do: 'host-out-of-time' })
    expectWorking(world)
  }
}

test('whatever is lost, doubled, late, timed out or restarted: the certificate in charge works; in the end it is the only one', () => {
  fc.assert(
    fc.property(fc.array(chaos, { minLength: 30, maxLength: 120, size: 'max' }), (steps) => {
      const world = new World()
      world.step({ do: 'ask' })
      for (const step of steps) {
        world.step(step)
        expectWorking(world)
      }
      settle(world)
      world.step({ do: 'ask' })
      settle(world)
      expect(world.rotation.phase).toBe('idle')
      expect([...world.certificates.keys()]).toEqual([world.inCharge])
      expect([...world.generations.values()]).toEqual([world.inCharge])
      expect(world.openJob).toBeUndefined()
    }),
    { numRuns: 400 },
  )
})
