// sandbox/src/site/docker/docker-error.ts: a failure as the docker command ends with it: its sentence and its exit code.

/** What a client prints on stderr before it ends. `code`: 1 for a command that failed, 125 for a `run` that could not start its container. */
export class DockerError extends Error {
  override readonly name = 'DockerError'
  readonly code: number

  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}

/** What the daemon says. */
export const daemonError = (message: string) => new DockerError(`Error response from daemon: ${message}`)
