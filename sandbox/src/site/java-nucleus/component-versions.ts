// sandbox/src/site/java-nucleus/component-versions.ts: which components the nucleus has, with their versions, from the lines of its transaction log.
import * as z from 'zod'

/** One change of the configuration (ConfigurationWriter): its path, its new value, what happened to it. */
const Line = z.object({ TP: z.array(z.string()), V: z.unknown().optional(), W: z.string().optional() })

export interface ComponentVersions {
  has(component: string): boolean
  get(component: string): string | undefined
  readonly read: (line: string) => void
  readonly forget: () => void
}

/** The nucleus's own services have a version, too, and are no components that somebody deployed. */
const BUILT_IN = new Set(['aws.greengrass.Nucleus', 'DeploymentService', 'FleetStatusService', 'TelemetryAgent', 'UpdateSystemPolicyService', 'aws.greengrass.TokenExchangeService', 'aws.greengrass.DockerApplicationManager', 'aws.greengrass.FleetProvisioningByClaim'])

export function componentVersions(): ComponentVersions {
  const versions = new Map<string, string>()
  return {
    has: (component) => versions.has(component),
    get: (component) => versions.get(component),
    forget: () => versions.clear(),
    read(line) {
      const { success, data } = Line.safeParse(json(line))
      if (!success) return
      const [area, component = '', key, ...deeper] = data.TP
      if (area !== 'services' || BUILT_IN.has(component) || deeper.length > 0) return
      if (key === undefined && data.W === 'removed') versions.delete(component)
      if (key === 'version' && typeof data.V === 'string') versions.set(component, data.V)
    },
  }
}

function json(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined // half a line, when the power was cut
  }
}
