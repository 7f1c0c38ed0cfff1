// e2e/outsiders/device-sdks/javascript/judge-by-javascript.ts: all stories of the SDK for JavaScript.
import type { Judged } from '../judged.ts'
import { VERSIONS } from './connections.ts'
import { judgeJobs } from './jobs.ts'
import { judgeProvisioning } from './provisioning.ts'
import { judgeShadows } from './shadows.ts'
import { judgeWebSocket } from './web-socket.ts'

export async function judgeByJavaScript(judged: Judged): Promise<void> {
  for (const version of VERSIONS) for (const judge of [judgeProvisioning, judgeShadows, judgeJobs, judgeWebSocket]) await judge(judged, version)
}
