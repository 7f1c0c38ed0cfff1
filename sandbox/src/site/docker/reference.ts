// sandbox/src/site/docker/reference.ts: reads an image's name: `host[:port]/repository[:tag][@digest]` (distribution/reference).
import { DockerError } from './docker-error.ts'

export interface ImageReference {
  /** As it was written, with `:latest` when it named neither tag nor digest. */
  readonly text: string
  readonly registry: { readonly host: string; readonly port: number; readonly isPlain: boolean }
  readonly repository: string
  /** What the registry is asked for: the digest, or else the tag. */
  readonly wanted: string
  readonly digest: string | undefined
}

const GRAMMAR = /^(?<host>[a-zA-Z0-9.-]+)(?::(?<port>\d+))?\/(?<repository>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/

/** @throws DockerError, as docker for a name that it cannot read. Images of Docker Hub (names without a registry) are not offered. */
export function parseReference(text: string): ImageReference {
  const { host = '', port, repository = '', tag, digest } = GRAMMAR.exec(text)?.groups ?? {}
  if (!isRegistry(host, port)) throw new DockerError(`invalid reference format: «${text}» (the sandbox needs host/repository:tag or host/repository@sha256:…)`)
  const isPlain = LOOPBACK.test(host) // as dockerd: registries on this machine need no TLS
  return {
    text: tag === undefined && digest === undefined ? `${text}:latest` : text,
    registry: { host, port: port === undefined ? (isPlain ? 80 : 443) : Number(port), isPlain },
    repository,
    wanted: digest ?? tag ?? 'latest',
    digest,
  }
}

export const registryAddress = ({ registry: { host, port } }: ImageReference) => `${host}:${port}`

const LOOPBACK = /^(localhost|(.+\.)?localhost|127(\.\d+){3})$/

/** The first part of a name is a registry when it looks like a host. */
const isRegistry = (host: string, port: string | undefined) => host.includes('.') || port !== undefined || host === 'localhost'
