// console/src/aws/client-iot-data-plane.ts: a device's shadows, read and written (AWS IoT guide, «Device Shadow REST API»).
import { clientOf, commandOf, rest, type Operation } from './client.ts'

const bytes = async (answer: Response) => ({ payload: new Uint8Array(await answer.arrayBuffer()) })
const pathOf = (input: Readonly<Record<string, unknown>>) => rest('', 'GET /things/{thingName}/shadow', ['name']).wire({ thingName: input['thingName'], name: input['shadowName'] }).path

const update: Operation = { name: 'UpdateThingShadow', read: bytes, wire: (input) => ({ method: 'POST', path: pathOf(input), body: input['payload'] as Uint8Array, headers: { 'content-type': 'application/octet-stream' } }) } // the SDK's type of it

export const IoTDataPlaneClient = clientOf({ prefix: 'data-ats.iot', signedAs: 'iotdata' })
export const GetThingShadowCommand = commandOf({ ...rest('GetThingShadow', 'GET /'), read: bytes, wire: (input) => ({ method: 'GET', path: pathOf(input) }) })
export const UpdateThingShadowCommand = commandOf(update)
