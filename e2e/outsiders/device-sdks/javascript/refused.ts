// e2e/outsiders/device-sdks/javascript/refused.ts: what a service said when it refused, as the SDK hands it out.
import { mqtt_request_response } from 'aws-iot-device-sdk-v2'

/** The payload of the topic `…/rejected`, as the SDK's model reads it. */
export async function refusal(request: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  try {
    await request
  } catch (error) {
    if (error instanceof mqtt_request_response.ServiceError && error.modeledError !== undefined) return error.modeledError as Readonly<Record<string, unknown>>
    throw error
  }
  throw new Error('it was accepted')
}
