// sandbox/src/story/story.ts: who is told what happens in the sandbox: the terminal, a log, or nobody.
import type { FleetError } from '@fleet/contract/errors'
import type { SandboxEndpoints } from '@fleet/contract/sandbox-endpoints'
import type { SandboxPi } from '@fleet/contract/sandbox-control'

/** One step of the way from nothing to a fleet; several may be under way. */
export interface Step {
  /** «cloud twin»: also its identity. */
  readonly title: string
  readonly state: 'started' | 'going' | 'done' | 'failed'
  /** What it is at, or what came of it. */
  readonly note: string
  /** Since it was started. */
  readonly tookMs: number
}

/** What a reader needs to go on. */
export interface Overview {
  readonly endpoints: SandboxEndpoints
  /** Those that have joined. */
  readonly pis: readonly { readonly serial: string; readonly certificateFile: string; readonly privateKeyFile: string }[]
}

export interface Story {
  step(step: Step): void
  /** A Pi has changed. */
  pi(pi: SandboxPi): void
  /** A line of the log of one of the processes: JSON, but for what Node says of a crash. */
  line(source: { readonly source: string; readonly serial?: string }, line: string): void
  /** All Pis that may run their components do. */
  ready(overview: Overview): void
  failed(error: FleetError): void
  /** It was told to end. */
  ending(why: string): void
  /** Nothing more will be told. */
  end(): void
}

export const silentStory: Story = { step() {}, pi() {}, line() {}, ready() {}, failed() {}, ending() {}, end() {} }

/** Tells several. */
export const together = (...stories: readonly Story[]): Story => ({
  step: (step) => stories.forEach((story) => story.step(step)),
  pi: (pi) => stories.forEach((story) => story.pi(pi)),
  line: (source, line) => stories.forEach((story) => story.line(source, line)),
  ready: (overview) => stories.forEach((story) => story.ready(overview)),
  failed: (error) => stories.forEach((story) => story.failed(error)),
  ending: (why) => stories.forEach((story) => story.ending(why)),
  end: () => stories.forEach((story) => story.end()),
})
