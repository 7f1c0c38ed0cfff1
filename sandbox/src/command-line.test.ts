// sandbox/src/command-line.test.ts: what may be said after `npm start --`, and what is answered to anything else.
import { expect, test } from 'vitest'
import { HELP, readCommandLine } from './command-line.ts'

const SURROUNDINGS = { environment: {}, folder: '/home/ada', defaultStateFolder: '/repository/.sandbox' }
const read = (line: string, environment: Record<string, string> = {}) => readCommandLine(line.split(' ').filter(Boolean), { ...SURROUNDINGS, environment })

test('without words: three Pis, the known ports, the state in the repository', () => {
  expect(read('')).toEqual({ wantsHelp: false, isHeadless: false, isFresh: false, pis: undefined, stateFolder: '/repository/.sandbox', ports: { gateway: 4566, mqtt: 8883, console: 8080 }, quotas: false })
})

test('every option, as a script uses them', () => {
  expect(read('--headless --fresh --pis 10 --state fleet --gateway-port 0 --mqtt-port 1 --console-port 2 --quotas')).toEqual({
    wantsHelp: false, isHeadless: true, isFresh: true, pis: 10, stateFolder: '/home/ada/fleet', ports: { gateway: 0, mqtt: 1, console: 2 }, quotas: true,
  })
})

test('the state folder: the option is stronger than the environment, an empty variable is none', () => {
  expect(read('', { FLEET_SANDBOX_STATE: 'there' }).stateFolder).toBe('/home/ada/there')
  expect(read('--state /here', { FLEET_SANDBOX_STATE: 'there' }).stateFolder).toBe('/here')
  expect(read('', { FLEET_SANDBOX_STATE: '' }).stateFolder).toBe('/repository/.sandbox')
})

test('the real nucleus must be there when it is asked for', () => {
  expect(read('--nucleus simulated').distribution).toBeUndefined()
  expect(() => read('--nucleus java')).toThrow(expect.objectContaining({ code: 'NUCLEUS_MISSING', message: expect.stringContaining('FLEET_NUCLEUS_DIST') }))
})

test.each(['--nucleus lite', '--pis x', '--pis -1', '--pis 1.5', '--pis 201', '--gateway-port 65536', '--mqtt-port 32768', '--console-port http', '--frob', 'extra', '--state', '--headless=yes'])('«%s» is refused', (line) => {
  expect(() => read(line)).toThrow(expect.objectContaining({ code: 'USAGE', remedy: expect.stringContaining('--help') }))
})

test('the help names every option', () => {
  for (const option of ['--headless', '--fresh', '--pis', '--state', '--gateway-port', '--mqtt-port', '--console-port', '--quotas', '--nucleus', '--help']) expect(HELP).toContain(option)
})
