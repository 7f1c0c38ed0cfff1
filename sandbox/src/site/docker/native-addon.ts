// sandbox/src/site/docker/native-addon.ts: the native part of aws-crt for this machine: the one in the image is for Linux on 64-bit Arm.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

let known: Readonly<Record<string, string>> | undefined

/** aws-crt looks beside its bundle first (dist/native/binding.js), so on a machine like a Pi the image's own is taken. */
export const nativeAddon = (): Readonly<Record<string, string>> => (known ??= ofThisMachine()) // Node's report on itself takes its time

function ofThisMachine(): Record<string, string> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('aws-crt/package.json')), 'dist/bin')
  const path = [libc(), 'cruntime'].map((runtime) => join(folder, `${process.platform}-${process.arch}-${runtime}`, 'aws-crt-nodejs.node')).find(existsSync)
  return path === undefined ? {} : { AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH: path }
}

function libc(): string {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } } // typed as object only
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}
