// packages/device-runtime/src/gpio/open-gpio.test.ts: the adapter is chosen by what is at the path.
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { boardServer } from '../testing/board-server.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { gpioAt } from './open-gpio.ts'

const at = (path: string | undefined) => gpioAt({ path, clock: systemClock(), env: { PATH: '/nowhere' } })

test('a socket is a simulated board, also behind a path that is too long for a socket', async () => {
  await using board = await boardServer()
  await using folder = await temporaryFolder()
  const long = join(folder.path, 'x'.repeat(120))
  await symlink(board.path, long)
  await using line = await at(long).openOutput(17)
  expect(board.holder(17)).toMatchObject({ ask: 'open-output' })
  expect(line).toBeDefined()
})

test('a character device is a chip, for the tools of libgpiod', async () => {
  await expect(at('/dev/null').openOutput(17)).rejects.toMatchObject({ code: 'GPIO_UNAVAILABLE', message: 'gpiodetect is not installed' })
})

test.each([
  [undefined, 'FLEET_GPIO is not set'],
  ['/nowhere/gpiochip0', '/nowhere/gpiochip0 is not there'],
  [import.meta.filename, 'is neither a character device nor a socket'],
])('%s is an error that says so', async (path, message) => {
  await expect(at(path).openInput(16, { bias: 'pull-up' })).rejects.toMatchObject({ code: 'GPIO_UNAVAILABLE', message: expect.stringContaining(message) })
})
