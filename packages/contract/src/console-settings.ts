// packages/contract/src/console-settings.ts: what the console page is told about its cloud: console.json beside it, written by the stack, and in the sandbox by the sandbox.
import * as z from 'zod'

/** Groups of the user pool, and with them roles: a viewer reads, an operator also changes. */
export const CONSOLE_GROUPS = ['viewer', 'operator'] as const
export type ConsoleGroup = (typeof CONSOLE_GROUPS)[number]

/** Tag of a session of the page: the name of its person, by which policies know her (`${aws:PrincipalTag/person}`). */
export const PERSON_TAG = 'person'

/** Client ids of the page's MQTT connections begin so; its role may take no other. */
export const CONSOLE_CLIENT_PREFIX = 'console-'

export const ConsoleSettings = z.object({
  stage: z.string(),
  accountId: z.string(),
  region: z.string(),
  userPoolId: z.string(),
  userPoolClientId: z.string(),
  identityPoolId: z.string(),
  /** Of MQTT over WebSocket and of the data plane: `xyz-ats.iot.eu-central-1.amazonaws.com`; in the sandbox host and port of its gateway. */
  iotEndpoint: z.string(),
  /** Only in the sandbox. */
  sandbox: z
    .object({
      /** All AWS APIs. */
      gateway: z.url(),
      /** People who can be tried out; made anew at each start. */
      users: z.array(z.object({ name: z.string(), password: z.string() })),
    })
    .optional(),
})
export type ConsoleSettings = z.infer<typeof ConsoleSettings>

/** Beside the page. */
export const CONSOLE_SETTINGS_FILE = 'console.json'
