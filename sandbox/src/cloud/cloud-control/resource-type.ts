// sandbox/src/cloud/cloud-control/resource-type.ts: what a resource type is: CloudFormation's schema of it, and how it maps to a service's operations.
import type { z } from 'zod'
import type { Account } from '../account.ts'
import type { AwsClients } from './aws-clients.ts'

/** The values of the type's primary identifier, in its order. */
export type Identifier = readonly string[]

/** What a handler works with: the services, called as the one who asked Cloud Control. */
export interface Handling extends AwsClients {
  readonly account: Account
  /** A physical name for a resource that was given none: `ThingGroup-1a2b3c4d5e6f`. */
  readonly generatedName: () => string
}

/** Handlers throw the AwsErrors of the services that they call. */
export interface ResourceType<Model> {
  readonly typeName: string
  /** All properties, also the read-only ones; unknown ones are refused. */
  readonly schema: z.ZodType<Model>
  /** Names of top-level properties; `Code/ZipFile` for one within. As the type's schema in the CloudFormation registry says it. */
  readonly identifier: readonly (keyof Model & string)[]
  readonly createOnly: readonly string[]
  readonly readOnly: readonly string[]
  readonly writeOnly: readonly string[]
  create(model: Model, handling: Handling): Promise<Identifier>
  /** All properties but the write-only ones. @throws AwsError when it is not there */
  read(identifier: Identifier, handling: Handling): Promise<Model>
  /** Absent: a change replaces the resource. */
  readonly update?: (identifier: Identifier, change: { readonly before: Model; readonly after: Model }, handling: Handling) => Promise<void>
  delete(identifier: Identifier, handling: Handling): Promise<void>
  /** `filter` are the properties by which the type must, or may, be listed. */
  list(handling: Handling, filter: Partial<Model>): Promise<readonly Identifier[]>
}

/** With its model's type forgotten, so that types can be in one table; models are checked by the schema before they get here. */
export type AnyResourceType = ResourceType<never>

/** Keeps the model's type between schema and handlers. */
export const resourceType = <Model>(type: ResourceType<Model>): AnyResourceType => type as unknown as AnyResourceType
