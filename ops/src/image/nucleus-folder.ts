// ops/src/image/nucleus-folder.ts: the unpacked nucleus with its claim plugin, as the image takes it; only what Amazon has signed.
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { runTool } from './tool.ts'

export interface NucleusFiles {
  /** What AWS publishes: greengrass-<version>.zip. */
  readonly zip: string
  readonly plugin: string
}

export const PLUGIN_NAME = 'aws.greengrass.FleetProvisioningByClaim.jar'

/** @throws FleetError IMAGE_SOURCE_WRONG when it is not signed, IMAGE_BUILD_FAILED */
export async function nucleusFolder({ zip, plugin }: NucleusFiles, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await runTool('unzip', ['-q', zip, '-d', folder])
  await cp(plugin, join(folder, PLUGIN_NAME))
  for (const jar of ['lib/Greengrass.jar', PLUGIN_NAME]) await signedByAmazon(join(folder, jar))
}

/**
 * As AWS's guide tells to check it (Greengrass V2, «Install the Core software»: jarsigner -verify -certs -verbose), and by a certificate
 * that Java's own authorities vouch for (-strict): anybody can write «Amazon» into one of his own.
 */
async function signedByAmazon(jar: string): Promise<void> {
  const { said, why } = await runTool('jarsigner', ['-verify', '-strict', '-certs', '-verbose', jar], { env: { LC_ALL: 'C' } }).then(
    (text) => ({ said: text, why: /^(jar is unsigned\.|no manifest\.)$/m.exec(text)?.[0] ?? 'the signature is not Amazon’s' }),
    (error: unknown) => ({ said: '', why: error instanceof Error ? error.message : String(error) }),
  )
  if (/^jar verified\.$/m.test(said) && /CN="?Amazon[^\n]*O="?Amazon/.test(said)) return
  throw new FleetError('IMAGE_SOURCE_WRONG', `${jar} cannot be used: ${why}`, 'Take what AWS publishes (os-image/versions.json), pin it with `fleet image pin`, and build again.')
}
