// packages/contract/src/sandbox-endpoints.ts: where a running sandbox is reached: the file by which `fleet` finds it.
import * as z from 'zod'

/** Folder of a sandbox's state in the repository, unless FLEET_SANDBOX_STATE names another. */
export const SANDBOX_FOLDER = '.sandbox'

/** In that folder; written whole (temporary file, rename) by the sandbox's main process when everything answers, removed when it ends. */
export const SANDBOX_ENDPOINTS_FILE = 'endpoints.json'

/** The processes of one machine talk here, so the key is no secret; a sandbox whose process is gone is not running, whatever the file says. */
export const SandboxEndpoints = z.object({
  /** Of the main process. */
  pid: z.number().int().positive(),
  stage: z.string(),
  accountId: z.string().regex(/^\d{12}$/),
  region: z.string(),
  /** `http://127.0.0.1:4566`: AWS APIs and image registry. */
  gateway: z.url(),
  /** The same port by TLS, for devices. */
  gatewayTls: z.url(),
  mqtt: z.object({ host: z.string(), port: z.number().int().min(1).max(65_535) }),
  /** Console page and control API (sandbox-control.ts). */
  console: z.url(),
  /** The CA that signed the endpoints' certificates: an absolute path. */
  caFile: z.string(),
  /** A file whose lines count as if they stood in the allowlist: the serial numbers that `npm start -- --pis N` has made up. */
  allowlistAddition: z.string().optional(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
})
export type SandboxEndpoints = z.infer<typeof SandboxEndpoints>
