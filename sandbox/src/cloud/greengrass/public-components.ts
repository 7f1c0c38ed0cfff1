// sandbox/src/cloud/greengrass/public-components.ts: the AWS-provided components that this cloud offers: those that are code of the nucleus itself.
import type { Recipe } from './component-recipe.ts'

/** Every core can depend on them; they bring no artifact, so a generic recipe is enough (with `plugin` a core looks for a jar). */
const NUCLEUS_VERSION = '2.18.0'

const provided = (name: string, version: string, description: string, more: Partial<Recipe> = {}): Recipe => ({
  RecipeFormatVersion: '2020-01-25',
  ComponentName: name,
  ComponentVersion: version,
  ComponentType: 'aws.greengrass.generic',
  ComponentDescription: description,
  ComponentPublisher: 'AWS',
  Manifests: [{ Artifacts: [], Platform: { os: '*' } }],
  ...more,
})

/** Default configurations are those of the developer guide's «AWS-provided components». */
export const PUBLIC_COMPONENTS: readonly Recipe[] = [
  provided('aws.greengrass.Nucleus', NUCLEUS_VERSION, 'Core functionality for device side orchestration of deployments and lifecycle management for execution of Greengrass components and applications.', {
    ComponentType: 'aws.greengrass.nucleus',
  }),
  provided('aws.greengrass.TokenExchangeService', '2.0.3', 'Lets components get AWS credentials by the role alias of their core device.', {
    ComponentConfiguration: { DefaultConfiguration: { port: 0 } },
  }),
  provided('aws.greengrass.DockerApplicationManager', '2.0.15', 'Downloads Docker images from public registries and from private ones of Amazon ECR.'),
  provided('aws.greengrass.LogManager', '2.3.10', 'Uploads logs of core devices to Amazon CloudWatch Logs.', {
    ComponentConfiguration: { DefaultConfiguration: { periodicUploadIntervalSec: '300' } },
    ComponentDependencies: { 'aws.greengrass.TokenExchangeService': { VersionRequirement: '>=2.0.0 <3.0.0', DependencyType: 'HARD' } },
  }),
]
