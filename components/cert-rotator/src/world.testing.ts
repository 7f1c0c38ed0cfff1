// components/cert-rotator/src/world.testing.ts: tests only: a device, its host unit, a lossy network and a cloud, as small models that any order of steps can drive.
import { orders, type Order } from './orders.ts'
import { next, recovered, type Happened, type Rotation } from './rotation.ts'

/** What a step of the world can be; `pick` chooses among what is on its way. */
export type Step =
  | { readonly do: 'act' | 'forget-state' | 'advance' | 'host' | 'host-out-of-time' | 'nucleus' | 'time-out' | 'ask' }
  | { readonly do: 'deliver' | 'deliver-twice' | 'lose'; readonly pick: number }

interface Message {
  readonly order: Extract<Order, { do: 'tell-job' | 'ask-for-certificate' | 'prove' | 'tell-outcome' }>
  /** Certificate of the connection that it was sent over. */
  readonly principal: string
  readonly at: number
}
type OnTheWay = { readonly to: 'cloud'; readonly message: Message } | { readonly to: 'device'; readonly event: Happened } | { readonly to: 'clear-away'; readonly end: Execution & { readonly jobId: string } }

interface Execution {
  readonly status: 'QUEUED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT'
  readonly step?: string
  readonly key?: string
  readonly version: number
}
interface Certificate {
  readonly key: string
  readonly createdAt: number
}

const hasEnded = ({ status }: Execution) => status !== 'QUEUED' && status !== 'IN_PROGRESS'

export class World {
  now = 0
  rotation: Rotation = { phase: 'idle' }
  readonly wire: OnTheWay[] = []
  /** On the device's disk: certificates by generation. `0` is the one it came with. */
  readonly generations = new Map<string, string>([['0', 'c0']])
  readonly received = new Map<string, string>()
  current = '0'
  /** Of the nucleus's connection: it reads `current` when it starts. */
  connectedWith = 'c0'
  wish: { readonly verb: 'try' | 'keep' | 'back'; readonly jobId: string } | undefined
  trial: { readonly jobId: string; readonly former: string; decided?: 'kept' | 'back' } | undefined
  decided: Extract<Happened, { kind: 'host' }> | undefined
  readonly certificates = new Map<string, Certificate>([['c0', { key: 'k0', createdAt: 0 }]])
  readonly executions = new Map<string, Execution>()
  private signed = 0

  get inCharge(): string {
    return this.generations.get(this.current) ?? 'nothing'
  }
  get openJob(): string | undefined {
    return [...this.executions].find(([, execution]) => !hasEnded(execution))?.[0]
  }

  step(step: Step): void {
    this.now++
    if (step.do === 'advance') return this.advance()
    if (step.do === 'act') orders(this.rotation).forEach((order) => this.perform(order))
    if (step.do === 'forget-state') this.rotation = recovered(this.wish?.jobId)
    if (step.do === 'host') this.host()
    if (step.do === 'host-out-of-time' && this.trial) this.trial.decided ??= 'back'
    if (step.do === 'nucleus') this.connectedWith = this.inCharge
    if (step.do === 'time-out') this.timeOut()
    if (step.do === 'ask') this.ask()
    if (step.do === 'deliver' || step.do === 'deliver-twice' || step.do === 'lose') this.deliver(step)
  }

  /** What is on its way arrives, in order; each does its part. What is answered to that arrives later. */
  private advance(): void {
    this.step({ do: 'act' })
    for (let left = this.wire.length; left > 0; left--) this.step({ do: 'deliver', pick: 0 })
    this.step({ do: 'host' })
  }

  /** An audit or an operator: the id follows from the certificate and the attempt. */
  private ask(): void {
    if (this.openJob === undefined) this.executions.set(`j${this.executions.size + 1}`, { status: 'QUEUED', version: 1 })
  }

  private hear(event: Happened): void {
    const before = this.rotation
    this.rotation = next(before, event)
    if (event.kind === 'signed' && this.rotation !== before) this.received.set(event.jobId, event.certificateId)
  }

  private perform(order: Order): void {
    if (order.do === 'look-for-jobs') {
      const jobId = this.openJob
      if (jobId !== undefined) this.wire.push({ to: 'device', event: { kind: 'pending', jobId, version: this.executions.get(jobId)?.version ?? 0 } })
    } else if (order.do === 'make-key') this.hear({ kind: 'key-made', jobId: order.jobId, key: `k-${order.jobId}` })
    else if (order.do === 'wish') this.wish = order
    else if (order.do !== 'forget') this.wire.push({ to: 'cloud', message: { order, principal: this.connectedWith, at: this.now } })
  }

  private deliver({ do: how, pick }: { readonly do: string; readonly pick: number }): void {
    if (this.wire.length === 0) return
    const index = pick % this.wire.length
    const [item] = how === 'deliver-twice' ? [this.wire[index]] : this.wire.splice(index, 1)
    if (item === undefined || how === 'lose') return
    if (item.to === 'device') this.hear(item.event)
    else if (item.to === 'cloud') this.cloud(item.message)
    else this.clearAway(item.end)
  }

  /** One step of the script: its decisions and flips are durable one by one. */
  private host(): void {
    const { trial, wish } = this
    if (trial?.decided !== undefined) {
      if (trial.decided === 'back') this.current = trial.former
      for (const name of this.generations.keys()) if (name !== this.current) this.generations.delete(name)
      this.connectedWith = this.inCharge
      this.decided = { kind: 'host', answer: trial.decided, jobId: trial.jobId }
      this.trial = undefined
    } else if (trial) {
      if (this.current !== trial.jobId) {
        this.current = trial.jobId
        return // the nucleus still has its old connection
      }
      this.connectedWith = this.inCharge
      if (wish?.jobId === trial.jobId && wish.verb !== 'try') trial.decided = wish.verb === 'keep' ? 'kept' : 'back'
    } else if (wish && this.decided?.jobId !== wish.jobId) {
      const certificate = this.received.get(wish.jobId)
      if (wish.verb === 'try' && certificate !== undefined) {
        this.generations.set(wish.jobId, certificate)
        this.trial = { jobId: wish.jobId, former: this.current }
      } else if (wish.verb === 'back') this.decided = { kind: 'host', answer: 'back', jobId: wish.jobId }
    }
    this.answer()
  }

  private answer(): void {
    const answer: Happened | undefined = this.trial ? (this.trial.decided === undefined && this.current === this.trial.jobId ? { kind: 'host', answer: 'trying', jobId: this.trial.jobId } : undefined) : this.decided
    if (answer) this.hear(answer)
  }

  private timeOut(): void {
    const jobId = this.openJob
    const execution = jobId === undefined ? undefined : this.executions.get(jobId)
    if (jobId === undefined || execution?.status !== 'IN_PROGRESS') return
    const ended: Execution = { ...execution, status: 'TIMED_OUT', version: execution.version + 1 }
    this.executions.set(jobId, ended)
    this.wire.push({ to: 'clear-away', end: { jobId, ...ended } })
  }

  /** AWS IoT Jobs, and the functions of infra/src/rotation. */
  private cloud({ order, principal, at }: Message): void {
    const say = (event: Happened) => this.wire.push({ to: 'device', event })
    if (!this.certificates.has(principal)) return // no connection without a certificate
    if (order.do === 'prove') return void say({ kind: 'proven', jobId: order.jobId, certificateId: principal })
    if (order.do === 'tell-job') return this.update(order, say)
    if (order.do === 'ask-for-certificate') return this.sign(order.jobId, say)
    const { outcome } = order
    if (principal !== outcome.inCharge) return
    for (const [id, { createdAt }] of this.certificates) if (id !== principal && createdAt < at) this.certificates.delete(id)
    say({ kind: 'finished', jobId: outcome.jobId, inCharge: principal })
  }

  private update({ jobId, status, details, expectedVersion }: Extract<Order, { do: 'tell-job' }>, say: (event: Happened) => void): void {
    const execution = this.executions.get(jobId)
    if (execution === undefined) return say({ kind: 'differs', jobId, ended: true, status: 'REMOVED' })
    const { step, key, version } = execution
    if (hasEnded(execution) || (expectedVersion !== undefined && expectedVersion !== version)) {
      return say({ kind: 'differs', jobId, ended: hasEnded(execution), status: execution.status, version, ...(step !== undefined && { step }), ...(key !== undefined && { key }) })
    }
    const after: Execution = { status, step: details.step, key: details.key, version: version + 1 }
    this.executions.set(jobId, after)
    if (status === 'FAILED') this.wire.push({ to: 'clear-away', end: { jobId, ...after } })
    say({ kind: 'told', jobId, step: details.step, version: after.version })
  }

  private sign(jobId: string, say: (event: Happened) => void): void {
    const execution = this.executions.get(jobId)
    const key = `k-${jobId}`
    if (execution?.status !== 'IN_PROGRESS' || execution.key !== key) return say({ kind: 'refused', jobId, reason: 'no such job under way' })
    const known = [...this.certificates].find(([, certificate]) => certificate.key === key)?.[0]
    const certificateId = known ?? `c${++this.signed}`
    if (known === undefined) this.certificates.set(certificateId, { key, createdAt: this.now })
    say({ kind: 'signed', jobId, key, certificateId, certificatePem: '', fits: true })
  }

  private clearAway({ step, key }: Execution): void {
    if (step === undefined || step === 'proven' || step === 'done') return
    for (const [id, certificate] of this.certificates) if (certificate.key === key) this.certificates.delete(id)
  }
}
