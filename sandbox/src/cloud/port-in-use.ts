// sandbox/src/cloud/port-in-use.ts: a port that this cloud wants to listen on is taken.

export class PortInUse extends Error {
  override readonly name = 'PortInUse'
  readonly code = 'PORT_IN_USE'
  readonly port: number
  /** What would have listened there: `gateway`, `mqtt`. */
  readonly role: string

  constructor(port: number, role: string, cause: unknown) {
    super(`port ${port} (${role}) is taken by another program`, { cause })
    this.port = port
    this.role = role
  }
}
