// sandbox/src/site/nucleus/own-recipe.ts: the nucleus is a component too: its recipe is in the store, its entry in the configuration.
import type { ComponentStore } from './components/component-store.ts'
import type { ConfigStore } from './config/config-store.ts'
import { NUCLEUS, NUCLEUS_VERSION } from './config/device-configuration.ts'
import { MAIN } from './lifecycle/services.ts'

export function registerNucleus(config: ConfigStore, store: ComponentStore, root: string): void {
  const id = { name: NUCLEUS, version: NUCLEUS_VERSION }
  const recipe = { RecipeFormatVersion: '2020-01-25', ComponentName: NUCLEUS, ComponentVersion: NUCLEUS_VERSION, ComponentType: 'aws.greengrass.nucleus', Manifests: [{}] }
  store.save(id, recipe, undefined)
  config.set(['system', 'rootpath'], root)
  config.setDefault(['services', NUCLEUS, 'componentType'], 'NUCLEUS')
  config.set(['services', NUCLEUS, 'version'], NUCLEUS_VERSION)
  config.setDefault(['services', MAIN, 'dependencies'], [NUCLEUS])
}
