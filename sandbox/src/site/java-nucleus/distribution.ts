// sandbox/src/site/java-nucleus/distribution.ts: finds the real Greengrass nucleus on this machine; it is no part of this repository.
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { onPath } from '@fleet/ops/shell/on-path'

/** What `os-image/first-boot/start-nucleus.sh` needs of FLEET_NUCLEUS_DIST: AWS's `greengrass-nucleus-latest.zip` unpacked, and the claim plugin's jar beside its folders. */
const PARTS = ['lib/Greengrass.jar', 'bin/loader', 'conf/recipe.yaml', 'aws.greengrass.FleetProvisioningByClaim.jar'] as const

export interface Distribution {
  /** An absolute path. */
  readonly folder: string
  /** The `java` that runs it. */
  readonly java: string
}

export type FoundDistribution = ({ readonly isThere: true } & Distribution) | { readonly isThere: false; readonly why: string }

export function findDistribution({ FLEET_NUCLEUS_DIST: folder = '', PATH: path = '' }: Readonly<Record<string, string | undefined>>): FoundDistribution {
  const missing = (why: string) => ({ isThere: false, why }) as const
  if (folder === '') return missing('FLEET_NUCLEUS_DIST does not name the folder of an unpacked Greengrass nucleus (docs/NUCLEUS.md says where to get it)')
  if (!isAbsolute(folder)) return missing(`FLEET_NUCLEUS_DIST is «${folder}», not an absolute path`)
  const absent = PARTS.filter((part) => !existsSync(join(folder, part)))
  if (absent.length > 0) return missing(`FLEET_NUCLEUS_DIST is ${folder}, but there is no ${absent.join(', ')} in it (docs/NUCLEUS.md)`)
  const java = onPath('java', path)
  return java === undefined ? missing('there is no java on PATH; the nucleus needs Java 11 or later') : { isThere: true, folder, java }
}
