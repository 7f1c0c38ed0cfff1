// infra/src/deployment/component-version.ts: one version of a component, as its recipe in the release says.
import type { ReleasedComponent } from '@fleet/contract/release'
import { ComponentVersion } from '@pulumi/aws-native/greengrassv2/componentVersion.js'
import type * as pulumi from '@pulumi/pulumi'

/**
 * The new version is made before the former one goes: the deployment refers to it meanwhile, and a recipe that changed without a new
 * version number must fail (AWS: ConflictException), not silently replace what devices already run.
 */
export const componentVersion = (name: string, { recipe }: ReleasedComponent, parent: pulumi.Resource): ComponentVersion =>
  new ComponentVersion(name, { inlineRecipe: recipe }, { parent, deleteBeforeReplace: false })
