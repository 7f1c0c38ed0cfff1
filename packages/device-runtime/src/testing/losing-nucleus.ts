// packages/device-runtime/src/testing/losing-nucleus.ts: a program whose nucleus goes, again and again, while it begins calls; a process of its own, because what could break is its memory.
import { model } from 'aws-iot-device-sdk-v2/dist/greengrasscoreipc.js'
import { connectIpc } from '../bus/ipc-connection.ts'
import { nucleusIpc } from './nucleus-ipc.ts'

const TIMES = 60 // without ipc-stream-closing.ts the first few of them end the process, or hang it
const CALLS = 8

for (let time = 0; time < TIMES; time += 1) {
  await using nucleus = await nucleusIpc()
  const connection = await connectIpc(nucleus)
  const call = () => connection.call((client) => client.publishToIoTCore({ topicName: 'up', qos: model.QOS.AT_MOST_ONCE, payload: '{}' }))
  const begun = Array.from({ length: CALLS }, call)
  setImmediate(() => nucleus.drop())
  const more = Array.from({ length: CALLS }, () => new Promise((resolve) => setImmediate(resolve)).then(call))
  await Promise.allSettled([...begun, ...more])
  await connection.close()
}
process.stdout.write('still there\n')
