// infra/src/policy-document.ts: IAM and IoT policies from typed statements; a `*` needs a reason, written where it stands.

type Action = `${string}:${string}`

/** What is allowed, on what. `because` says why a `*` in actions or resources cannot be narrower. */
export interface Grant {
  readonly sid: string
  readonly actions: readonly Action[]
  readonly resources: readonly string[]
  readonly condition?: Condition
  readonly because?: string
}

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: '*' | { readonly Service: string }
  readonly Action: readonly Action[]
  readonly Resource?: readonly string[]
  readonly Condition?: Condition
}

export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** A policy that allows exactly these. Throws when a grant has a `*` and no reason: that is a fault of the program, not of its configuration. */
export function allow(...grants: readonly Grant[]): PolicyDocument {
  return document(...grants.map(({ sid, actions, resources, condition, because }): Statement => {
    const wide = [...actions, ...resources].filter((text) => text.includes('*'))
    if (wide.length > 0 && (because ?? '').trim() === '') throw new Error(`grant ${sid} has a wildcard without a reason: ${wide.join(', ')}`)
    return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resources, ...(condition && { Condition: condition }) }
  }))
}

/** Trust policy of a role that this service of AWS assumes. `condition` keeps other accounts' resources from using it (IAM guide, «The confused deputy problem»). */
export const trust = (service: string, condition?: Condition): PolicyDocument =>
  document({ Sid: 'Assume', Effect: 'Allow', Principal: { Service: service }, Action: ['sts:AssumeRole'], ...(condition && { Condition: condition }) })

/** Bucket policy that refuses every request without TLS (S3 guide, «Security best practices»). A Deny may be as wide as it can. */
export const denyPlainHttp = (bucketArn: string): PolicyDocument =>
  document({
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:*'],
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  })

const document = (...statements: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement: statements })
