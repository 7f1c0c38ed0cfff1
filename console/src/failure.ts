// console/src/failure.ts: says of whatever went wrong what happened and what to do.
import { FleetError } from '@fleet/contract/errors'
import { ControlRefusal } from '@fleet/contract/sandbox-control'

export interface Failure {
  readonly what: string
  readonly remedy: string
}

const DENIED = new Set(['AccessDeniedException', 'AccessDenied', 'ForbiddenException', 'UnauthorizedException', 'NotAuthorizedException'])

export function failureOf(error: unknown): Failure {
  const refusal = ControlRefusal.safeParse(error)
  if (refusal.success) return { what: refusal.data.what, remedy: refusal.data.remedy }
  if (error instanceof FleetError) return { what: `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`, remedy: error.remedy }
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (DENIED.has(name)) return { what: message === '' || message === 'Forbidden' ? 'Your role may not do this.' : message, remedy: 'Sign in as an operator for this; what operators may not do, the command beside it does with your own credentials.' }
  if (name === 'TypeError' || name === 'NetworkError') return { what: 'The cloud does not answer.', remedy: 'Look whether your network, or npm start, still runs; the page tries again by itself.' }
  if (name === 'ExpiredTokenException' || name === 'ExpiredToken') return { what: 'Your session has ended.', remedy: 'Sign in again.' }
  return { what: `${name}: ${message}`, remedy: 'Try again; if it stays, look into the logs of the stage (fleet doctor).' }
}
