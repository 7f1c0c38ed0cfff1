// sandbox/src/site/nucleus/testing-ipc.ts: the unmodified IPC client of AWS's device SDK, speaking for a component of a nucleus.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { greengrasscoreipc } from 'aws-iot-device-sdk-v2'
import { onTestFinished } from 'vitest'
import type { JsonObject } from './json.ts'
import { eventually } from './testing.ts'

/** A lifecycle whose processes only say how to speak for their component. */
export const SPEAKING: JsonObject = { run: 'echo "$SVCUID" > token; echo "$AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT" > socket; sleep 1000' }

/** A connected client of a component that runs SPEAKING. */
export async function speakFor(component: string, root: string): Promise<greengrasscoreipc.Client> {
  const said = (file: string) => {
    try {
      return readFileSync(join(root, 'work', component, file), 'utf8').trim()
    } catch {
      return '' // not yet
    }
  }
  await eventually(() => said('socket')).not.toBe('')
  return connected(said('socket'), said('token'))
}

export async function connected(socket: string, token: string): Promise<greengrasscoreipc.Client> {
  Object.assign(process.env, { SVCUID: token, AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: socket }) // all that the client asks for
  const client = greengrasscoreipc.createClient()
  onTestFinished(() => client.close())
  await client.connect()
  return client
}

/** What an IPC error says. */
export async function refusal(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
  } catch (error) {
    const { description = '', internalCode = '', serviceError } = error as { description?: string; internalCode?: string; serviceError?: { _errorCode?: string; message?: string } } // the SDK's RpcError
    return serviceError?._errorCode === undefined ? `${internalCode}: ${description}` : `${serviceError._errorCode}: ${serviceError.message ?? ''}`
  }
  throw new Error('it was not refused')
}
