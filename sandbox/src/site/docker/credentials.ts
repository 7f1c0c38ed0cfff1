// sandbox/src/site/docker/credentials.ts: what `docker login` has been told, in the client's config.json.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

interface ConfigFile {
  readonly auths?: Readonly<Record<string, { readonly auth: string }>>
}

export interface Credentials {
  /** base64 of `user:password` for this registry. */
  of(registry: string): Promise<string | undefined>
  save(registry: string, auth: string): Promise<void>
}

/** `path`: `$DOCKER_CONFIG/config.json`. */
export function credentialsFile(path: string): Credentials {
  const read = async () => JSON.parse(await readFile(path, 'utf8').catch(() => '{}')) as ConfigFile // written by `save`
  return {
    of: async (registry) => (await read()).auths?.[registry]?.auth,
    async save(registry, auth) {
      const config = await read()
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeFile(`${path}.tmp`, JSON.stringify({ ...config, auths: { ...config.auths, [registry]: { auth } } }), { mode: 0o600, flush: true })
      await rename(`${path}.tmp`, path)
    },
  }
}
