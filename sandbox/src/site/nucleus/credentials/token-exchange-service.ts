// sandbox/src/site/nucleus/credentials/token-exchange-service.ts: the local endpoint where components' AWS SDKs get the device's credentials.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '@fleet/log'
import type { ConfigStore } from '../config/config-store.ts'
import type { ComponentTokens } from '../ipc/tokens.ts'
import { numberOf } from '../json.ts'
import { TimeoutError, within } from '../timing.ts'
import type { DeviceCredentials } from './device-credentials.ts'

export const TOKEN_EXCHANGE_SERVICE = 'aws.greengrass.TokenExchangeService'

export interface TokenExchangeService {
  /** For AWS_CONTAINER_CREDENTIALS_FULL_URI; undefined before it was started. */
  readonly uri: () => string | undefined
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface TokenExchangeOptions {
  readonly config: ConfigStore
  readonly credentials: DeviceCredentials
  readonly tokens: ComponentTokens
  readonly log: Log
}

const PATH = '/2016-11-01/credentialprovider/'
const ANSWER_MS = 30_000

export function tokenExchangeService({ config, credentials, tokens, log }: TokenExchangeOptions): TokenExchangeService {
  const configuration = ['services', TOKEN_EXCHANGE_SERVICE, 'configuration']
  let server: Server | undefined
  let uri: string | undefined
  return {
    uri: () => uri,
    async start() {
      const next = createServer((request, response) => void answer(request, response, { credentials, tokens, log }))
      const port = numberOf(config.value(...configuration, 'port'), 0)
      await new Promise<void>((resolve, reject) => next.once('error', reject).listen(port, 'localhost', resolve))
      server = next
      const { port: activePort } = next.address() as AddressInfo // it listens on TCP
      uri = `http://localhost:${activePort}${PATH}`
      config.set([...configuration, 'activePort'], activePort)
      log.info(`Started server at port ${activePort}`)
    },
    async stop() {
      const last = server
      server = undefined
      last?.closeAllConnections()
      await new Promise((resolve) => (last === undefined ? resolve(undefined) : last.close(resolve)))
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, { credentials, tokens, log }: Pick<TokenExchangeOptions, 'credentials' | 'tokens' | 'log'>): Promise<void> {
  const refuse = (status: number) => response.writeHead(status).end()
  if (request.method !== 'GET') return void refuse(405)
  if (request.url !== PATH) return void refuse(400)
  if (tokens.componentOf(request.headers.authorization ?? '') === undefined) return void refuse(403)
  try {
    const { status, body } = await within(ANSWER_MS, credentials.answer(), 'the credentials provider')
    response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body)
  } catch (error) {
    log.warn('Request failed', { error })
    refuse(error instanceof TimeoutError ? 504 : 500)
  }
}
