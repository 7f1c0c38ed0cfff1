// ops/src/audit/accept-finding.ts: tells Device Defender that what it would find is meant to be so.
import { CreateAuditSuppressionCommand, DescribeAuditSuppressionCommand, ResourceAlreadyExistsException, ResourceNotFoundException, type IoTClient, type ResourceIdentifier } from '@aws-sdk/client-iot'

export interface Accepted {
  readonly checkName: string
  readonly resourceIdentifier: ResourceIdentifier
  /** Why, for whoever reads it in `fleet audit`. */
  readonly description: string
  /** For good, unless given. In the future. */
  readonly until?: Date
}

/** What is accepted already is left as it is: nothing is written. */
export async function acceptFinding(iot: IoTClient, accepted: Accepted): Promise<void> {
  const { checkName, resourceIdentifier } = accepted
  try {
    await iot.send(new DescribeAuditSuppressionCommand({ checkName, resourceIdentifier }))
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error
    await create(iot, accepted)
  }
}

/** Another run may have been faster. */
async function create(iot: IoTClient, { until, ...accepted }: Accepted): Promise<void> {
  try {
    await iot.send(new CreateAuditSuppressionCommand({ ...accepted, ...(until ? { expirationDate: until } : { suppressIndefinitely: true }) }))
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error
  }
}
