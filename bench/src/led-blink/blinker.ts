// bench/src/led-blink/blinker.ts: the process that drives a line as the LED component does, through the same runtime.
import { systemClock } from '@fleet/device-runtime/clock'
import { boardSocket } from '@fleet/device-runtime/gpio/board-socket'
import { WIRING } from '@fleet/contract/wiring'

const [path = '', frequencyHz = ''] = process.argv.slice(2)
process.on('disconnect', () => process.exit())
const line = await boardSocket(path, systemClock()).openOutput(WIRING.led)
await line.drive({ frequencyHz: Number(frequencyHz) })
