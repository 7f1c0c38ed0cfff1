// sandbox/src/operator/publish-main.ts: tests only: a process that publishes small components, so that it can be killed often.
import type { ComponentFolder } from '@fleet/contract/names'
import type { ComponentSource } from '@fleet/ops/release/component-source'
import { sha256 } from '@fleet/ops/release/content-digest'
import { plainOciBuilder } from '@fleet/ops/release/plain-oci'
import { publishRelease } from '@fleet/ops/release/publish-release'
import { chosenTarget } from '@fleet/ops/target/choose-target'

export const smallComponent = (folder: ComponentFolder, content: string, version = '0.1.5'): ComponentSource => ({
  folder,
  name: `fleetwright.${folder}`,
  version,
  contentDigest: sha256(content),
  recipe: `ComponentName: fleetwright.${folder}\nComponentVersion: COMPONENT_VERSION\nManifests: [{Artifacts: [{Uri: docker:COMPONENT_IMAGE}]}]\n`,
  dockerfile: 'FROM x\nENV A=1 \\\n    B=2\nUSER 10001:10001\nENTRYPOINT ["node", "/app/main.cjs"]\n',
  files: [{ name: 'main.cjs', bytes: Buffer.from(content) }],
})

if (import.meta.main) {
  const [content = '', version = ''] = process.argv.slice(2)
  const target = chosenTarget({ environment: process.env, stage: 'dev', wantsAws: false })
  const sources = async () => [smallComponent('led', content, version), smallComponent('button', content, version)]
  await publishRelease(target, { builder: async () => plainOciBuilder, sources })
}
