// sandbox/src/cloud/iot-core/broker/testing/broker-process.ts: a broker on plain TCP in a process that a test can kill; everybody may do everything.
import { createServer, type AddressInfo } from 'node:net'
import { cloudClock } from '../../../clock.ts'
import { openStore } from '../../../store/store.ts'
import type { ClientIdentity } from '../../policy/identity.ts'
import { openBroker } from '../broker.ts'

const [file = ':memory:'] = process.argv.slice(2)
const anybody: ClientIdentity = { principalId: 'anybody', certificateId: undefined, refusedBecause: () => undefined, exclusiveThing: () => undefined, permits: () => true }
const nobody = () => undefined
const store = openStore(file)
const silent = { debug: nobody, info: nobody, warn: nobody, error: nobody }
const broker = openBroker({
  account: { accountId: '000000000000', region: 'eu-central-1' },
  store,
  clock: cloudClock(store),
  registry: { certificate: nobody, policiesOf: () => [],
  policiesOfIdentity: () => [], thingsOf: () => [], thing: nobody, groupsOf: () => [], ancestorsOf: () => [], isGroup: () => false, thingsIn: () => [], onChange: nobody, onThingChange: nobody },
  log: silent,
  iotLog: { failure: () => '' },
})
const server = createServer((stream) => broker.serve({ stream, identity: anybody, source: { ip: '127.0.0.1', port: 0 } }))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port)) // a TCP server's address is no string
process.on('disconnect', () => process.exit())
