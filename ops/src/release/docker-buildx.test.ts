// ops/src/release/docker-buildx.test.ts: what docker is asked for, and what becomes of its answers; docker itself is a script that writes down how it was called.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ComponentSource } from './component-source.ts'
import { sha256 } from './content-digest.ts'
import { dockerBuilder, hasDocker } from './docker-buildx.ts'

const DIGEST = sha256('an image')
const source: ComponentSource = { folder: 'led', name: 'fleetwright.led', version: '0.1.7', contentDigest: sha256('c'), recipe: '', dockerfile: 'FROM scratch\n', files: [{ name: 'main.cjs', bytes: Buffer.from('the bundle') }] }
const registry = { origin: 'https://r.example', repository: 'fleet-dev/led', uri: 'r.example/fleet-dev/led', user: 'AWS', password: 'secret word' }
const order = { source, registry, annotations: { 'x.content': 'sha256:1' } }

async function dockerThat(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-docker-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const executable = join(folder, 'docker')
  await writeFile(executable, `#!/bin/sh\necho "$*" >> ${folder}/called\n${script}\n`)
  await chmod(executable, 0o755)
  return { executable, folder, called: async () => (await readFile(join(folder, 'called'), 'utf8')).trim().split('\n') }
}

test('logs in by standard input, builds for arm64 with provenance and SBOM from bundle and Dockerfile, answers the digest', async () => {
  const docker = await dockerThat(`case $1 in
    login) cat > "$(dirname "$0")/password" ;;
    buildx)
      while [ "$1" != --metadata-file ]; do shift; done
      metadata=$2 context=$3
      cat "$context/led/dist/main.cjs" "$context/Dockerfile" > "$(dirname "$0")/built"
      echo '{"containerimage.digest": "${DIGEST}"}' > "$metadata" ;;
  esac`)
  expect(await dockerBuilder(docker).publish(order)).toBe(DIGEST)
  expect(await readFile(join(docker.folder, 'password'), 'utf8')).toBe('secret word')
  expect(await readFile(join(docker.folder, 'built'), 'utf8')).toBe('the bundleFROM scratch\n')
  const [login = '', build = ''] = await docker.called()
  expect(login).toBe('login --username AWS --password-stdin r.example')
  expect(build).toMatch(/^buildx build --platform linux\/arm64 --build-arg COMPONENT=led --provenance true --sbom true --annotation index,manifest:x\.content=sha256:1 --tag r\.example\/fleet-dev\/led:0\.1\.7 --build-arg SOURCE_DATE_EPOCH=0 --output type=registry,rewrite-timestamp=true --metadata-file \S+ \S+$/)
  expect(login + build).not.toContain('secret')
})

test('a build that fails is told with the end of what docker said', async () => {
  const docker = await dockerThat('if [ "$1" = buildx ]; then echo "ERROR: no space left" >&2; exit 1; fi')
  await expect(dockerBuilder(docker).publish(order)).rejects.toMatchObject({ code: 'DOCKER_FAILED', message: 'docker buildx build failed: ERROR: no space left' })
})

test('whether there is a daemon', async () => {
  expect(await hasDocker(await dockerThat('exit 0'))).toBe(true)
  expect(await hasDocker(await dockerThat('exit 1'))).toBe(false)
  expect(await hasDocker({ executable: '/nowhere/docker' })).toBe(false)
})
