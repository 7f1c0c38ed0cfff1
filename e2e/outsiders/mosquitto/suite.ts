// e2e/outsiders/mosquitto/suite.ts: the command line clients of Eclipse mosquitto judge the broker.
import { onPath } from '../program.ts'
import type { Suite } from '../suite.ts'

export const mosquitto: Suite = {
  name: 'mosquitto',
  judge: 'mosquitto clients',
  whyNot: async () => (onPath('mosquitto_pub') === undefined ? 'mosquitto_pub and mosquitto_sub are not on PATH (Debian: apt-get install mosquitto-clients)' : undefined),
  run: async () => undefined,
}
