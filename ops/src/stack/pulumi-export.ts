// ops/src/stack/pulumi-export.ts: reads from what `pulumi stack export` prints: a stack's resources, and what seals its secrets.
import { FleetError } from '@fleet/contract/errors'
import { z } from 'zod'
import type { StackResource } from './stack-engine.ts'

/** Pulumi's UntypedDeployment with DeploymentV3 (pulumi `sdk/go/common/apitype/core.go`); a stack that was never updated has no resources. */
const Export = z.object({
  deployment: z.object({
    resources: z
      .array(z.object({ urn: z.string(), type: z.string(), custom: z.boolean().optional(), id: z.string().optional(), protect: z.boolean().optional() }))
      .nullish(),
    secrets_providers: z.object({ type: z.string().optional(), state: z.object({ url: z.string().optional() }).nullish() }).nullish(),
  }),
})

/** Those in the cloud: neither components nor providers. @throws FleetError PULUMI_FAILED */
export function resourcesIn(output: string): StackResource[] {
  const resources = parsed(output).deployment.resources ?? []
  return resources
    .filter(({ custom, type }) => custom === true && !type.startsWith('pulumi:'))
    .map(({ urn, type, id = '', protect = false }) => ({ urn, type, id, name: urn.slice(urn.lastIndexOf('::') + 2), isProtected: protect }))
}

/** What its secrets are sealed with: `awskms://…`, else the kind (`passphrase`); undefined before the first update. @throws FleetError PULUMI_FAILED */
export function secretsProviderIn(output: string): string | undefined {
  const provider = parsed(output).deployment.secrets_providers
  return provider?.state?.url ?? provider?.type
}

function parsed(output: string): z.infer<typeof Export> {
  try {
    return Export.parse(JSON.parse(output))
  } catch (cause) {
    throw new FleetError('PULUMI_FAILED', 'pulumi stack export printed something else than a stack', 'Look whether this version of the Pulumi CLI is one that this repository knows (3.x).', { cause })
  }
}
