// e2e/outsiders/device-sdks/python/judge-by-python.ts: prepares what the SDK for Python needs and lets it judge.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../program.ts'
import { REGION } from '../../twin.ts'
import type { Judged } from '../judged.ts'
import { signingRequest } from '../signing-request.ts'

const JUDGE = fileURLToPath(new URL('.', import.meta.url))
/** Of python/telling.py, by version of MQTT. */
const TAGS = ['pyMQTT311', 'pyMQTT5']
const WITHIN_MS = 110_000

/** `bin`: programs of the Python environment. */
export async function judgeByPython(judged: Judged, bin: string): Promise<void> {
  const { trial, twin, fleet } = judged
  const devices = Object.fromEntries(await Promise.all(TAGS.flatMap((tag) => [`shadowed-${tag}`, `worker-${tag}`]).map(async (name) => [name, await fleet.device(name)] as const)))
  const requests = Object.fromEntries(await Promise.all(TAGS.map(async (tag) => [tag, { serial: `sn-${tag}`, ...(await signingRequest(`sn-${tag}`)) }] as const)))
  const { templateName, claim, person } = fleet
  const settings = { mqttPort: twin.mqttPort, gatewayPort: twin.gatewayPort, region: REGION, caPem: twin.caPem, templateName, claim, person, devices, requests }
  const settingsFile = join(trial.folder, 'settings.json')
  writeFileSync(settingsFile, JSON.stringify(settings), { mode: 0o600 })
  const { exitCode, err } = await runProgram(join(bin, 'python'), [JUDGE, settingsFile], { environment: { PYTHONDONTWRITEBYTECODE: '1' }, within: WITHIN_MS, signal: trial.signal, onOutput: (line) => take(line, judged) })
  trial.checked('the SDK comes to its end', exitCode === 0 ? undefined : `exit code ${exitCode}\n${err}`)
}

/** What python/telling.py prints. */
interface Said {
  readonly what?: string
  readonly why?: string
  readonly judged?: readonly [area: string, what: string]
  readonly orderJob?: { readonly jobId: string; readonly thingName: string }
}

function take(line: string, { trial, fleet }: Judged): void {
  const { what, why, judged, orderJob } = JSON.parse(line) as Said
  if (orderJob) fleet.job(orderJob.jobId, orderJob.thingName).catch((error: unknown) => trial.checked(`the job ${orderJob.jobId} is made`, String(error)))
  if (what !== undefined) trial.checked(what, why)
  if (judged) trial.judged(...judged)
}
