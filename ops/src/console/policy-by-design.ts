// ops/src/console/policy-by-design.ts: tells Device Defender that the AWS IoT policy of the console's people is meant to reach every device.
import { GetPolicyCommand, type IoTClient } from '@aws-sdk/client-iot'
import type { FleetNames } from '@fleet/contract/names'
import { acceptFinding } from '../audit/accept-finding.ts'

/**
 * No device holds this policy, and a role narrows what each person may do; but the audit judges every policy as that of a device, and would
 * report this one as CRITICAL each time. Accepted is the version in force alone: another one is judged anew, until it is deployed by us.
 * `fleet audit` shows it as accepted.
 */
export async function acceptConsolePolicy(iot: IoTClient, { console: policyName }: Pick<FleetNames, 'console'>): Promise<void> {
  const { defaultVersionId: policyVersionId } = await iot.send(new GetPolicyCommand({ policyName }))
  await acceptFinding(iot, {
    checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
    resourceIdentifier: { policyVersionIdentifier: { policyName, policyVersionId } },
    description: 'The console shows every device to people who are signed in. Their roles narrow it, no device holds it.',
  })
}
