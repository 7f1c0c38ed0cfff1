// sandbox/src/site/nucleus/provisioning/provisioning.ts: gives a device without identity one, in the background of the nucleus's start.
import type { Log } from '@fleet/log'
import type { PiNetwork } from '../../network.ts'
import type { ConfigStore } from '../config/config-store.ts'
import { NUCLEUS } from '../config/device-configuration.ts'
import { merging } from '../config/merge-behaviour.ts'
import { jittered, pause, type Timings } from '../timing.ts'
import { RetryableProvisioningError } from './claim-error.ts'
import { claimParameters, CLAIM_PLUGIN, type ClaimParameters } from './claim-parameters.ts'
import { provisionByClaim } from './claim-plugin.ts'

export interface ProvisioningOptions {
  readonly config: ConfigStore
  readonly network: PiNetwork
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
  readonly now: () => Date
}

const MOST_TRIES = 3
const FIRST_RETRY_MS = 1000 // it doubles

/** Whether the card has a claim to be provisioned by. */
export const hasClaim = (config: ConfigStore): boolean => config.find('services', CLAIM_PLUGIN, 'configuration') !== undefined

/** After a refusal the nucleus goes on without identity; only its restart tries again. */
export async function provision(options: ProvisioningOptions): Promise<void> {
  const { config, log, signal } = options
  log.info(`Running provisioning plugin: ${CLAIM_PLUGIN}`)
  try {
    const parameters = claimParameters(config.plain('services', CLAIM_PLUGIN, 'configuration'))
    const { thingName } = await withRetries(options, () => provisionByClaim({ ...options, parameters }))
    takeIdentity(options, parameters, thingName)
  } catch (error) {
    if (!signal.aborted) log.error('Caught exception while running provisioning plugin. Moving on to run Greengrass without provisioning', { error })
  }
}

async function withRetries<T>({ log, signal }: ProvisioningOptions, provisionOnce: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await provisionOnce()
    } catch (error) {
      if (!(error instanceof RetryableProvisioningError) || attempt >= MOST_TRIES || signal.aborted) throw error
      log.info('Running provisioning plugin: task failed and will be retried', { attempt })
      await pause(jittered(FIRST_RETRY_MS * 2 ** (attempt - 1)), signal)
    }
  }
}

function takeIdentity({ config, now }: ProvisioningOptions, parameters: ClaimParameters, thingName: string): void {
  const { certificatePath: certificateFilePath, privateKeyPath, rootCaPath, iotDataEndpoint, awsRegion, iotCredentialEndpoint, iotRoleAlias } = parameters
  const at = now().getTime()
  config.merge(['system'], { certificateFilePath, privateKeyPath, thingName, rootCaPath }, merging(at))
  const nucleus = { ...(awsRegion !== '' && { awsRegion }), ...(iotCredentialEndpoint !== '' && { iotCredEndpoint: iotCredentialEndpoint }), iotDataEndpoint, ...(iotRoleAlias !== '' && { iotRoleAlias }) }
  config.merge(['services', NUCLEUS, 'configuration'], nucleus, merging(at))
  config.writeEffectiveConfig()
}
