// sandbox/src/control/orders.ts: what can be ordered of the simulated Pis and of the cloud's clock, checked and carried out.
import { ClockOrder, CloudClockOrder, controlPaths, HeatOrder, NetworkOrder, NoOrder, PowerOrder, type BadRelease, type SandboxPi } from '@fleet/contract/sandbox-control'
import { parseSerialNumber, type SerialNumber } from '@fleet/contract/serial-number'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type * as z from 'zod'
import type { Site } from '../site/site.ts'
import { Refusal } from './same-site.ts'

export interface Ordered {
  readonly site: Site
  readonly advanceCloudClock: (byMs: number) => Promise<Date>
  readonly deployBadRelease: () => Promise<BadRelease>
}

const MOST_BYTES = 10_000

export function orders({ site, advanceCloudClock, deployBadRelease }: Ordered): Hono {
  const app = new Hono()
  app.use(bodyLimit({ maxSize: MOST_BYTES, onError: () => { throw malformed(`an order has at most ${MOST_BYTES} bytes`) } }))
  const toPi = <Schema extends z.ZodType>(path: (serial: string) => string, schema: Schema, work: (serial: SerialNumber, order: z.infer<Schema>) => Promise<void>) =>
    app.post(path(':serial'), async (context) => {
      const serial = parseSerialNumber(context.req.param('serial') ?? '')
      await work(serial, await orderOf(context, schema))
      return context.json(site.pi(serial) satisfies SandboxPi | undefined)
    })
  toPi(controlPaths.power, PowerOrder, async (serial, order) => {
    if (!order.on) return site.shutDown(serial)
    await site.place(serial, order.new)
    await site.powerOn(serial)
  })
  toPi(controlPaths.press, NoOrder, (serial) => site.press(serial))
  toPi(controlPaths.unplug, NoOrder, (serial) => site.unplug(serial))
  toPi(controlPaths.network, NetworkOrder, (serial, { cut }) => site.cutNetwork(serial, cut))
  toPi(controlPaths.clock, ClockOrder, (serial, { skewMs }) => site.skewClock(serial, skewMs))
  toPi(controlPaths.heat, HeatOrder, (serial, { hot }) => site.heat(serial, hot))
  toPi(controlPaths.corruptCard, NoOrder, (serial) => site.corruptCard(serial))
  app.post(controlPaths.badRelease, async (context) => {
    await orderOf(context, NoOrder)
    return context.json(await deployBadRelease())
  })
  app.post(controlPaths.cloudClock, async (context) => {
    const { advanceMs } = await orderOf(context, CloudClockOrder)
    return context.json({ now: await advanceCloudClock(advanceMs) })
  })
  return app
}

async function orderOf<Schema extends z.ZodType>({ req }: Context, schema: Schema): Promise<z.infer<Schema>> {
  const text = await req.text()
  const read = schema.safeParse(text === '' ? {} : json(text))
  if (read.success) return read.data
  throw malformed(read.error.issues.map(({ path, message }) => `${path.length === 0 ? 'the order' : path.join('.')}: ${message}`).join('; '))
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('the order is not JSON')
  }
}

const malformed = (what: string) => new Refusal(400, { code: 'ORDER_MALFORMED', what, remedy: 'packages/contract/src/sandbox-control.ts describes the orders.' })
