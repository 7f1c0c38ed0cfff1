// e2e/outsiders/mosquitto/suite.ts: the command line clients of Eclipse mosquitto judge the broker.
import { onPath } from '@fleet/ops/shell/on-path'
import type { Suite } from '../suite.ts'
import { certificatesAreChecked } from './certificates.ts'
import { clientsAt } from './clients.ts'
import { deliveryKeepsItsPromises } from './delivery.ts'
import { devicesOn } from './devices.ts'
import { limitsHold } from './limits.ts'
import { policiesHold } from './policies.ts'

export const mosquitto: Suite = {
  name: 'mosquitto',
  judge: 'mosquitto clients',
  whyNot: async () => (onPath('mosquitto_pub') === undefined || onPath('mosquitto_sub') === undefined || onPath('stdbuf') === undefined ? 'mosquitto_pub, mosquitto_sub and stdbuf are not all on PATH (Debian: apt-get install mosquitto-clients coreutils)' : undefined),
  async run(trial) {
    const twin = await trial.twin()
    const devices = await devicesOn(twin, trial.folder)
    const stage = { trial, twin, devices, clients: clientsAt(twin, trial.signal) }
    await certificatesAreChecked(stage)
    await policiesHold(stage)
    await deliveryKeepsItsPromises(stage)
    await limitsHold(stage)
  },
}
