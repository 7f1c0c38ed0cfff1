// bench/src/benches.ts: all benches by name, each read when it is run.
import type { Bench } from './bench.ts'

export const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  'start-up': () => import('./start-up.ts'),
  twin: () => import('./twin.ts'),
  'simulated-pi': () => import('./pi/simulated-pi.ts'),
  'java-nucleus': () => import('./pi/java-nucleus.ts'),
  'light-pis': () => import('./light-pis.ts'),
  broker: () => import('./broker/broker.ts'),
  telemetry: () => import('./telemetry.ts'),
  alarms: () => import('./alarms.ts'),
  'rotation-pi': () => import('./rotation/rotation-pi.ts'),
  'rotation-fleet': () => import('./rotation/rotation-fleet.ts'),
  'rotation-rate': () => import('./rotation/rotation-rate.ts'),
  images: () => import('./images/images.ts'),
  'image-base': () => import('./images/image-base.ts'),
  hook: () => import('./hook.ts'),
  allowlist: () => import('./allowlist.ts'),
  deploy: () => import('./deploy.ts'),
  rollout: () => import('./rollout.ts'),
  'led-blink': () => import('./led-blink/led-blink.ts'),
  cli: () => import('./cli.ts'),
  console: () => import('./console.ts'),
  'control-plane': () => import('./control-plane/control-plane.ts'),
}
