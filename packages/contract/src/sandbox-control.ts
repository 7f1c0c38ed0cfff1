// packages/contract/src/sandbox-control.ts: what one can do to the simulated Pis: the HTTP API that the sandbox serves beside its console page.
import * as z from 'zod'
import { SerialNumberSchema } from './serial-number-schema.ts'

/** How a Pi stands, as `sandbox/src/site/messages.ts` tells it (a test compares them). */
export const PiStand = z.object({
  state: z.enum(['off', 'booting', 'needs-help', 'joining', 'refused', 'busy', 'offline', 'failed', 'proving', 'joined']),
  /** One line for a person: what happened, and what to do. */
  what: z.string(),
  /** The nucleus has its MQTT connection. */
  connected: z.boolean(),
  /** The LED as an eye sees it. */
  light: z.union([z.object({ light: z.literal('blinking'), frequencyHz: z.number() }), z.object({ light: z.enum(['dark', 'lit']) })]),
  button: z.object({ presses: z.number() }),
  components: z.array(z.object({ name: z.string(), version: z.string(), state: z.string() })).readonly(),
})
export type PiStand = z.infer<typeof PiStand>

/** A simulated Pi and what was done to it. */
export const SandboxPi = z.object({
  serial: SerialNumberSchema,
  stand: PiStand,
  /** `off`: shut down; `unplugged`: the power was cut. */
  power: z.enum(['on', 'off', 'unplugged']),
  networkIsCut: z.boolean(),
  /** How much its clock is ahead of this machine's; negative: behind. */
  clockSkewMs: z.number(),
  /** Somebody holds a hair dryer to its board. */
  boardIsHot: z.boolean(),
})
export type SandboxPi = z.infer<typeof SandboxPi>

/** `new`: with a newly flashed card, the one that was in it is erased. A serial number that no Pi has gets a new board and card in any case. */
export const PowerOrder = z.strictObject({ on: z.boolean(), new: z.boolean().optional() })
export const NetworkOrder = z.strictObject({ cut: z.boolean() })
export const ClockOrder = z.strictObject({ skewMs: z.number().int() })
export const HeatOrder = z.strictObject({ hot: z.boolean() })
/** Moves the cloud's own clock ahead (negative: back), for good. */
export const CloudClockOrder = z.strictObject({ advanceMs: z.number().int() })
/** `press`, `unplug`, `corrupt-card` and `bad-release`. */
export const NoOrder = z.strictObject({})

export type PowerOrder = z.infer<typeof PowerOrder>
export type NetworkOrder = z.infer<typeof NetworkOrder>
export type ClockOrder = z.infer<typeof ClockOrder>
export type HeatOrder = z.infer<typeof HeatOrder>
export type CloudClockOrder = z.infer<typeof CloudClockOrder>

/**
 * Paths on the console's port. Orders are POSTed as `application/json` (another content type is refused with 415, and so is a foreign
 * Origin with 403: a web page elsewhere must not press buttons here). An order that was carried out is answered 200 with the Pi as it is
 * then; one that cannot be, 4xx with a ControlRefusal.
 */
export const controlPaths = {
  /** GET: PiList. */
  pis: '/api/pis',
  /** POST PowerOrder. `on: false` shuts down in order. */
  power: (serial: string) => `/api/pis/${serial}/power`,
  /** POST NoOrder: the button is pressed and let go, bouncing as a real one. */
  press: (serial: string) => `/api/pis/${serial}/press`,
  /** POST NoOrder: the power is cut, nothing is shut down. */
  unplug: (serial: string) => `/api/pis/${serial}/unplug`,
  /** POST NetworkOrder. */
  network: (serial: string) => `/api/pis/${serial}/network`,
  /** POST ClockOrder. */
  clock: (serial: string) => `/api/pis/${serial}/clock`,
  /** POST HeatOrder. */
  heat: (serial: string) => `/api/pis/${serial}/heat`,
  /** POST NoOrder: the power fails while the card writes: identity and configuration of the nucleus are garbled from then on. */
  corruptCard: (serial: string) => `/api/pis/${serial}/corrupt-card`,
  /** POST NoOrder; answered with BadRelease when it is deployed. */
  badRelease: '/api/cloud/bad-release',
  /** POST CloudClockOrder; answered with CloudTime. */
  cloudClock: '/api/cloud/clock',
  /** GET: server-sent events, each with a ControlEvent as its data: first every Pi as it is, then each that changes. */
  events: '/api/events',
} as const

export const PiList = z.object({ pis: z.array(SandboxPi) })
/** The cloud's own time. */
export const CloudTime = z.object({ now: z.iso.datetime() })
export type CloudTime = z.infer<typeof CloudTime>

/** A release that cannot work, deployed: one device a minute tries it, and the first that fails stops the rollout. */
export const BadRelease = z.object({ release: z.string(), component: z.string(), version: z.string() })
export type BadRelease = z.infer<typeof BadRelease>

export const ControlEvent = z.discriminatedUnion('tell', [
  z.object({ tell: z.literal('pi'), pi: SandboxPi }),
  /** All that stood there when the listener came has been told. */
  z.object({ tell: z.literal('complete') }),
])
export type ControlEvent = z.infer<typeof ControlEvent>

/** Body of a 4xx. */
export const ControlRefusal = z.object({
  /** `PI_UNKNOWN`, `PI_OFF`, `ORDER_MALFORMED` … */
  code: z.string(),
  what: z.string(),
  remedy: z.string(),
})
export type ControlRefusal = z.infer<typeof ControlRefusal>
