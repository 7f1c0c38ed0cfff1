// e2e/outsiders/java-nucleus/hardware.ts: local publish and subscribe, and shadows, as they are seen on the LED and felt on the button.
import assert from 'node:assert/strict'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { setLed } from '@fleet/ops/led/set-led'
import { oneDeviceStatus } from '@fleet/ops/status/fleet-status'
import { eventually, PATIENCE_MS, type Stage } from './stage.ts'

const blinkingAt = (hz: number) => ({ stand: { light } }: SandboxPi) => light.light === 'blinking' && Math.abs(light.frequencyHz - hz) < hz * 0.15
const dark = ({ stand }: SandboxPi) => stand.light.light === 'dark'

export async function judgeHardware({ trial, sandbox, listed, until }: Stage): Promise<void> {
  await trial.check('a wish in the shadow is seen on the LED and reported as applied', async () => {
    assert.partialDeepStrictEqual(await setLed(sandbox.target, { serial: listed, frequencyHz: 5, waitMs: PATIENCE_MS }), { outcome: 'applied' })
    await until(listed, 'blinking at 5 Hz', blinkingAt(5))
    trial.judged('Greengrass core', 'shadow changes reach a component')
  })
  await trial.check('the button turns the LED off by a local message, and the cloud hears of it', async () => {
    const { buttonPresses: before = 0 } = await oneDeviceStatus(sandbox.target, listed)
    await sandbox.site.press(listed)
    await until(listed, 'dark', dark)
    await eventually(() => oneDeviceStatus(sandbox.target, listed), ({ buttonPresses, led }) => buttonPresses === before + 1 && led?.on === false, trial)
    trial.judged('Greengrass core', 'local publish and subscribe')
  })
  await trial.check('without a network the button works as well, and the cloud hears of it afterwards', async () => {
    const { buttonPresses: before = 0 } = await oneDeviceStatus(sandbox.target, listed)
    await sandbox.site.cutNetwork(listed, true)
    await until(listed, 'not connected', ({ stand }) => !stand.connected)
    await sandbox.site.press(listed)
    await until(listed, 'blinking', blinkingAt(5))
    await sandbox.site.cutNetwork(listed, false)
    await until(listed, 'connected', ({ stand }) => stand.connected)
    await eventually(() => oneDeviceStatus(sandbox.target, listed), ({ buttonPresses }) => buttonPresses === before + 1, trial)
    trial.judged('Greengrass core', 'goes on without a network')
  })
}
