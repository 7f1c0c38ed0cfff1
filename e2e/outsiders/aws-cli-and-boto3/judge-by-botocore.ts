// e2e/outsiders/aws-cli-and-boto3/judge-by-botocore.ts: prepares what the tables of cases need and lets the Python judge play them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../program.ts'
import type { Trial } from '../suite.ts'
import { ACCOUNT_ID, REGION, ROOT_KEY } from '../twin.ts'
import { connectedDevices } from './connected-devices.ts'
import { foreignCertificate, signingRequest } from './certificates.ts'
import { tokenIssuer } from './token-issuer.ts'

const JUDGE = fileURLToPath(new URL('judge', import.meta.url))
const TABLES = fileURLToPath(new URL('stories', import.meta.url))
const WITHIN_MS = 240_000

/** `bin`: programs of the Python environment. OUTSIDERS_ONLY plays only the tables whose names contain it (and judges no coverage). */
export async function judgeByBotocore(trial: Trial, bin: string): Promise<void> {
  await using issuer = await tokenIssuer(trial.folder)
  const twin = await trial.twin({ environment: { NODE_EXTRA_CA_CERTS: issuer.caFile } })
  await using devices = await connectedDevices(twin)
  const settingsFile = join(trial.folder, 'settings.json')
  const settings = {
    endpoint: twin.http,
    httpsEndpoint: twin.https,
    caFile: twin.caFile,
    rootKey: { access_key_id: ROOT_KEY.accessKeyId, secret_access_key: ROOT_KEY.secretAccessKey },
    tables: TABLES,
    offers: await twin.offers(),
    only: process.env['OUTSIDERS_ONLY'],
    variables: { account: ACCOUNT_ID, region: REGION, ...times(), ...(await materials()), ...issuer.variables, ...devices.clientIds },
  }
  writeFileSync(settingsFile, JSON.stringify(settings))
  const environment = { ...twin.environment, PYTHONDONTWRITEBYTECODE: '1' }
  const { exitCode, err } = await runProgram(join(bin, 'python'), [JUDGE, settingsFile], { environment, within: WITHIN_MS, signal: trial.signal, onOutput: (line) => take(line, trial) })
  await trial.check('the judge comes to its end', () => {
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${err}`)
  })
}

function take(line: string, trial: Trial): void {
  const { what, why, judged } = JSON.parse(line) as { what: string; why: string | null; judged?: [area: string, what: string] } // what judge/__main__.py prints
  trial.checked(what, why ?? undefined)
  if (judged && why === null) trial.judged(...judged)
}

/** CloudWatch Logs and device messages tell times in milliseconds. */
function times() {
  const nowMs = Date.now()
  return { nowMs, inOneHourMs: nowMs + 3_600_000 }
}

/** What the tables name by `$…` and Python's own library cannot make. */
async function materials(): Promise<Readonly<Record<string, string>>> {
  const foreign = await foreignCertificate('outsider.example')
  return { csr: await signingRequest('csr-made'), foreignCertificate: foreign.certificatePem, foreignCertificateId: foreign.certificateId }
}
