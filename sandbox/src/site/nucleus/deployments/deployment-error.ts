// sandbox/src/site/nucleus/deployments/deployment-error.ts: why a deployment failed, and how that is reported: a stack of codes, types, one sentence.
import { DataPlaneError } from '../cloud/data-plane.ts'
import { NetworkError } from '../cloud/https.ts'
import { S3Error } from '../cloud/s3.ts'
import { ServiceLoadError } from '../lifecycle/services.ts'
import { typeOfCode, type ErrorCode, type ErrorType } from './error-code.ts'

export interface DeploymentErrorOptions {
  readonly codes?: readonly ErrorCode[]
  readonly types?: readonly ErrorType[]
  readonly cause?: unknown
  /** What the cause means here, told after what it is by itself. */
  readonly causeMeans?: ErrorCode
  readonly isRejection?: boolean
}

export class DeploymentError extends Error {
  override readonly name: string = 'DeploymentException'
  readonly codes: readonly ErrorCode[]
  readonly types: readonly ErrorType[]
  readonly causeMeans: ErrorCode | undefined
  readonly isRejection: boolean

  constructor(message: string, { codes = [], types = [], cause, causeMeans, isRejection = false }: DeploymentErrorOptions = {}) {
    super(message, { cause })
    this.codes = codes
    this.types = types
    this.causeMeans = causeMeans
    this.isRejection = isRejection
  }
}

export interface FailureReport {
  readonly errorStack: readonly string[]
  readonly errorTypes: readonly string[]
  readonly failureCause: string
}

export function failureReport(error: unknown): FailureReport {
  const chain = causesOf(error)
  const codes = new Set<ErrorCode>([error instanceof DeploymentError && error.isRejection ? 'DEPLOYMENT_REJECTED' : 'DEPLOYMENT_FAILURE'])
  const types = new Set<ErrorType>()
  let meaning: ErrorCode | undefined
  for (const each of chain) {
    for (const code of codesOf(each)) codes.add(code)
    if (meaning !== undefined && !(each instanceof DeploymentError)) codes.add(meaning)
    if (!(each instanceof DeploymentError)) continue
    for (const type of each.types) types.add(type)
    meaning = each.causeMeans
  }
  for (const code of codes) {
    const type = typeOfCode(code)
    if (type !== undefined) types.add(type)
  }
  return { errorStack: [...codes], errorTypes: [...types], failureCause: chain.map((each) => (each instanceof Error ? each.message : String(each))).join('. ') }
}

function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let each = error; each !== undefined && !chain.includes(each); each = each instanceof Error ? each.cause : undefined) chain.push(each)
  return chain
}

function codesOf(error: unknown): readonly ErrorCode[] {
  if (error instanceof DeploymentError) return error.codes
  if (error instanceof DataPlaneError) return ['CLOUD_API_ERROR', ...dataPlaneCode(error)]
  if (error instanceof S3Error) return ['S3_ERROR', ...s3Code(error.status)]
  if (error instanceof ServiceLoadError) return ['COMPONENT_LOAD_FAILURE']
  if (error instanceof NetworkError) return ['NETWORK_ERROR']
  if (error instanceof SyntaxError) return ['IO_ERROR', 'IO_MAPPING_ERROR']
  if (error instanceof Error && 'syscall' in error) return ['IO_ERROR']
  return []
}

function dataPlaneCode({ status, type }: DataPlaneError): ErrorCode[] {
  if (type === 'ResourceNotFoundException' || status === 404) return ['RESOURCE_NOT_FOUND']
  if (type === 'AccessDeniedException' || status === 403) return ['ACCESS_DENIED']
  if (type === 'ValidationException' || status === 400) return ['BAD_REQUEST']
  if (type === 'ThrottlingException' || status === 429) return ['THROTTLING_ERROR']
  if (type === 'ConflictException' || status === 409) return ['CONFLICTED_REQUEST']
  return type === 'InternalServerException' || status === 500 ? ['SERVER_ERROR'] : []
}

function s3Code(status: number): ErrorCode[] {
  if (status === 404) return ['S3_RESOURCE_NOT_FOUND']
  if (status === 403) return ['S3_ACCESS_DENIED']
  if (status >= 500) return ['S3_SERVER_ERROR']
  return status >= 400 ? ['S3_BAD_REQUEST'] : []
}
