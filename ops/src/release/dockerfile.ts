// ops/src/release/dockerfile.ts: reads from a Dockerfile what an image's configuration says: environment, user, entry point.

export interface ImageSettings {
  /** `NAME=value` */
  readonly environment: readonly string[]
  readonly user: string
  readonly entryPoint: readonly string[]
}

/** Of the last stage. Only the instructions that components/Dockerfile has, in the forms that it has; others are left to `docker build`. */
export function imageSettings(dockerfile: string): ImageSettings {
  const lines = dockerfile.replaceAll(/\\\n/g, ' ').split('\n')
  const all = (instruction: string) => lines.flatMap((line) => (line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1).trim()] : []))
  return {
    environment: all('ENV').flatMap((text) => text.split(/\s+/)),
    user: all('USER').at(-1) ?? '',
    entryPoint: JSON.parse(all('ENTRYPOINT').at(-1) ?? '[]') as string[], // its exec form is a JSON array of strings
  }
}
