// bench/src/hook.ts: the admission hook as it is shipped, with a million serial numbers on the list.
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'
import { bundle as bundled } from '@fleet/infra/src/bundle.ts'
import { certificateWith } from '@fleet/infra/src/admission/testing.ts'
import { TEMPLATE_PARAMETER } from '@fleet/contract/provisioning'
import type { Bench } from './bench.ts'
import { median, quantile } from './statistics.ts'

const SERIALS = 1_000_000
const COLD_STARTS = 5
const WARM = 2000
const TEMPLATE_ARN = 'arn:aws:iot:eu-central-1:000000000000:provisioningtemplate/bench'

type Hook = (event: unknown) => Promise<{ readonly allowProvisioning: boolean }>

export const bench: Bench = {
  how: `the bundle that \`fleet deploy\` ships, loaded as Lambda loads it, with an S3 in the same process that answers If-None-Match as S3 does, and an IoT registry that knows no such thing; cold: loading the bundle, reading ${SERIALS.toLocaleString('en-US')} lines, judging one; ${COLD_STARTS} cold starts, median; ${WARM.toLocaleString('en-US')} warm judgements`,
  async run(tell) {
    tell('making the list')
    const code = bundled('admission/hook.lambda.ts')
    const serials = Array.from({ length: SERIALS }, () => randomBytes(8).toString('hex'))
    const list = `${serials.join('\n')}\n`
    const [listed, unlisted] = [await eventOf(serials.at(-1) ?? ''), await eventOf('ffffffffffffff00')]
    const cold: Took[] = []
    let hook = load(code, list)
    for (let start = 1; start <= COLD_STARTS; start++) {
      tell(`cold start ${start} of ${COLD_STARTS}`)
      cold.push(await took(async () => expect(await (hook = load(code, list))(listed), true)))
    }
    tell('warm')
    const warm: Took[] = []
    for (let round = 0; round < WARM; round++) warm.push(await took(async () => expect(await hook(round % 2 === 0 ? listed : unlisted), round % 2 === 0)))
    return {
      figures: [
        { what: 'hook, cold, 1,000,000 serials', value: median(cold.map(({ wallMs }) => wallMs)) / 1000, unit: 's', target: { atMost: 1 } },
        { what: 'hook, cold, 1,000,000 serials, CPU time', value: median(cold.map(({ cpuMs }) => cpuMs)) / 1000, unit: 's', note: 'of its thread: does not depend on what else runs on the machine' },
        { what: 'hook, warm, 99th percentile', value: quantile(warm.map(({ wallMs }) => wallMs), 0.99), unit: 'ms', target: { atMost: 5 } },
        { what: 'hook, warm, median', value: quantile(warm.map(({ wallMs }) => wallMs), 0.5), unit: 'ms' },
        { what: "hook's bundle, without the AWS SDK of Lambda's runtime", value: Buffer.byteLength(code) / 1000, unit: 'kB', target: { atMost: 100 } },
      ],
    }
  },
}

function load(code: string, list: string): Hook {
  const builtIn = createRequire(import.meta.url)
  const module: { exports: { handler?: Hook } } = { exports: {} }
  const environment = { env: { ALLOWLIST_BUCKET: 'bench', ALLOWLIST_KEY: 'allowlist.txt', METRICS: 'Bench', TEMPLATE_ARN }, stdout: { write: () => true } }
  const sdk: Readonly<Record<string, unknown>> = { '@aws-sdk/client-s3': s3With(list), '@aws-sdk/client-iot': iotWithoutThings() }
  const require = (id: string): unknown => sdk[id] ?? builtIn(id)
  const run = compileFunction(code, ['module', 'exports', 'process', 'require']) as (...given: unknown[]) => void // as Node.js wraps a CommonJS file
  run(module, module.exports, environment, require)
  if (module.exports.handler === undefined) throw new Error('the bundle exports no handler')
  return module.exports.handler
}

/** GetObject of one object: its ETag, and 304 for who has it already. */
function s3With(list: string) {
  class GetObjectCommand {
    readonly input: { readonly IfNoneMatch?: string }
    constructor(input: { readonly IfNoneMatch?: string }) {
      this.input = input
    }
  }
  class S3Client {
    async send({ input }: GetObjectCommand) {
      if (input.IfNoneMatch === '"1"') throw Object.assign(new Error('HTTP 304'), { $metadata: { httpStatusCode: 304 } })
      return { ETag: '"1"', Body: { transformToString: async () => list } }
    }
  }
  return { S3Client, GetObjectCommand }
}

/** Nobody has joined before, so that a further command is never sent. */
function iotWithoutThings() {
  class ListThingPrincipalsCommand {
    readonly asks = 'ListThingPrincipals'
  }
  class IoTClient {
    async send(command: unknown) {
      if (!(command instanceof ListThingPrincipalsCommand)) throw new Error('not asked for by a hook that finds no thing')
      throw Object.assign(new Error('no such thing'), { name: 'ResourceNotFoundException' })
    }
  }
  return { IoTClient, ListThingPrincipalsCommand }
}

async function eventOf(serial: string): Promise<unknown> {
  const certificatePem = await certificateWith({ CN: [serial] })
  return { claimCertificateId: 'claim', certificateId: 'bench', certificatePem, templateArn: TEMPLATE_ARN, clientId: 'bench', parameters: { [TEMPLATE_PARAMETER]: serial } }
}

function expect({ allowProvisioning }: { readonly allowProvisioning: boolean }, wanted: boolean): void {
  if (allowProvisioning !== wanted) throw new Error(`the hook has answered ${allowProvisioning}`)
}

interface Took {
  readonly wallMs: number
  readonly cpuMs: number
}

async function took(work: () => Promise<void>): Promise<Took> {
  const [cpuBefore, began] = [process.threadCpuUsage(), performance.now()]
  await work()
  const { user, system } = process.threadCpuUsage(cpuBefore)
  return { wallMs: performance.now() - began, cpuMs: (user + system) / 1000 }
}
