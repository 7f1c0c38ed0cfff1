// e2e/outsiders/twin.ts: the cloud twin as its users start it: a process of its own on free ports, with the operations noted that it answered.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCloud, type CloudProcess } from '@fleet/sandbox/opening/cloud-process'

export const ACCOUNT_ID = '000000000000'
export const REGION = 'eu-central-1'
export const ROOT_KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' }

export interface TwinOptions {
  /** 0 takes a free one. The Greengrass nucleus takes none above 32767. */
  readonly mqttPort?: number
  readonly gatewayPort?: number
  /** AWS's own request rates. */
  readonly quotas?: boolean
  /** Further flags of sandbox/src/cloud/main.ts. */
  readonly flags?: readonly string[]
  /** For its process: `NODE_EXTRA_CA_CERTS`. */
  readonly environment?: Readonly<Record<string, string>>
}

/** One kind of answer that the twin has given at least once. */
export interface AnsweredCall {
  /** As the twin names its models: `iot-data-plane`. */
  readonly service: string
  readonly operation: string
  readonly status: number
  readonly userAgent: string
}

export interface Twin extends CloudProcess {
  readonly stateFolder: string
  /** `http://127.0.0.1:…`: all AWS APIs; the same port speaks TLS. */
  readonly http: string
  readonly https: string
  /** What its log says that it has answered. */
  readonly calls: readonly AnsweredCall[]
  /** For the AWS SDKs and the AWS CLI. */
  readonly environment: Readonly<Record<string, string>>
  /** The last lines of its log, for the message of a failed check. */
  lastLog(): readonly string[]
  /** Why it is not as it should be: it has died or failed inside. Undefined when all is well. */
  trouble(): string | undefined
}

const KEPT_LINES = 400

export async function openTwin({ mqttPort = 0, gatewayPort = 0, quotas = false, flags = [], environment = {} }: TwinOptions = {}): Promise<Twin> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'outsiders-cloud-'))
  const log = cloudLog()
  const cloud = await startCloud({
    ...{ stateFolder, accountId: ACCOUNT_ID, region: REGION, ...ROOT_KEY, gatewayPort, mqttPort, quotas },
    flags: ['--log-level', 'debug', ...flags],
    environment,
    signal: new AbortController().signal,
    onLine: (line) => log.read(line),
    onRestart: (how) => log.isTroubled(`the twin has ended (${how})`),
    onFailure: (error) => log.isTroubled(error.message),
  }).catch((error: unknown) => {
    rmSync(stateFolder, { recursive: true, force: true })
    throw error
  })
  const http = `http://127.0.0.1:${cloud.gatewayPort}`
  return {
    ...cloud,
    get pid() {
      return cloud.pid // of the process that runs now
    },
    stateFolder,
    http,
    https: `https://localhost:${cloud.gatewayPort}`,
    get calls() {
      return log.calls()
    },
    environment: environmentFor(http),
    lastLog: () => log.lines,
    trouble: () => log.trouble(),
    async [Symbol.asyncDispose]() {
      await cloud[Symbol.asyncDispose]()
      rmSync(stateFolder, { recursive: true, force: true })
    },
  }
}

/** Nothing of the user's own AWS configuration may reach the programs under test. */
const environmentFor = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: ROOT_KEY.accessKeyId,
  AWS_SECRET_ACCESS_KEY: ROOT_KEY.secretAccessKey,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
})

function cloudLog() {
  const lines: string[] = []
  const calls = new Map<string, AnsweredCall>()
  const troubles: string[] = []
  return {
    lines,
    calls: () => [...calls.values()],
    isTroubled: (why: string) => void troubles.push(why),
    trouble: () => troubles[0],
    read(line: string) {
      lines.push(line)
      if (lines.length > KEPT_LINES) lines.shift()
      const said = parsed(line)
      if (said?.['level'] === 'error') troubles.push(line)
      if (said?.['event'] === 'request answered') keep(calls, said)
    },
  }
}

function keep(calls: Map<string, AnsweredCall>, { service, operation, status, userAgent = '' }: Readonly<Record<string, unknown>>): void {
  if (typeof service !== 'string' || typeof operation !== 'string' || typeof status !== 'number' || typeof userAgent !== 'string') return
  calls.set(`${service} ${operation} ${status} ${userAgent}`, { service, operation, status, userAgent })
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>> // line-log.ts of the cloud writes objects
  } catch {
    return undefined // what Node itself prints
  }
}
