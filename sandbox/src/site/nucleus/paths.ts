// sandbox/src/site/nucleus/paths.ts: where a nucleus keeps what it has, below its root folder.
import { createHash } from 'node:crypto'
import { join } from 'node:path'

export type NucleusPaths = ReturnType<typeof nucleusPaths>

export interface ComponentId {
  readonly name: string
  readonly version: string
}

export function nucleusPaths(root: string) {
  const packages = join(root, 'packages')
  const recipeFile = ({ name, version }: ComponentId, ending: string) => join(packages, 'recipes', `${recipePrefix(name)}@${version}.${ending}`)
  return {
    root,
    config: join(root, 'config'),
    transactionLog: join(root, 'config', 'config.tlog'),
    bootstrapLog: join(root, 'config', 'bootstrap.tlog'),
    effectiveConfig: join(root, 'config', 'effectiveConfig.yaml'),
    logs: join(root, 'logs'),
    deployments: join(root, 'deployments'),
    packages,
    recipes: join(packages, 'recipes'),
    artifacts: join(packages, 'artifacts'),
    recipe: (id: ComponentId) => recipeFile(id, 'recipe.yaml'),
    recipeMetadata: (id: ComponentId) => recipeFile(id, 'metadata.json'),
    artifactsOf: ({ name, version }: ComponentId) => join(packages, 'artifacts', name, version),
    unarchivedOf: ({ name, version }: ComponentId) => join(packages, 'artifacts-unarchived', name, version),
    work: (component: string) => join(root, 'work', component),
    /** Process groups of components, one id a line: who cuts the power from outside must end these too. */
    processGroups: join(root, 'work', '.process-groups'),
    ipcSocket: join(root, 'ipc.socket'),
  } as const
}

/** A recipe's file is named after the hash of the component's name, which may hold what a file system does not like. */
export const recipePrefix = (name: string): string => createHash('sha256').update(name).digest('base64url')
