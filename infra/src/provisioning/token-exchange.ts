// infra/src/provisioning/token-exchange.ts: the AWS credentials that a device gets for its certificate: fetch its software, write its own logs.
import { COMPONENTS, fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { RoleAlias } from '@pulumi/aws-native/iot/roleAlias.js'
import type * as pulumi from '@pulumi/pulumi'
import { fleetArns } from '../arn.ts'
import { allow, trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'

export function tokenExchange(name: string, stage: Stage, parent: pulumi.Resource): RoleAlias {
  // No condition: the credentials provider is not documented to give a source, and an alias can only name a role that its maker may pass.
  const role = boundedRole(`${name}-role`, { stage, trusted: trust('credentials.iot.amazonaws.com'), may: { device: deviceGrants(stage) } }, parent)
  return new RoleAlias(`${name}-alias`, { roleAlias: fleetNames(stage).roleAlias, roleArn: role.arn, credentialDurationSeconds: 3600 }, { parent })
}

/** The provisioning bucket also holds the allowlist, which is nobody's business on a device: artifacts have a prefix of their own. */
function deviceGrants(stage: Stage) {
  const arns = fleetArns(stage)
  const ownStream = `${arns.logGroup('/aws/greengrass/*')}:log-stream:/*/thing/\${credentials-iot:ThingName}`
  return allow(
    {
      sid: 'RegistryLogin',
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      because: 'This action knows no resource (Service Authorization Reference, Amazon ECR).',
    },
    { sid: 'PullImages', actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], resources: COMPONENTS.map(arns.imageRepository) },
    { sid: 'FetchArtifacts', actions: ['s3:GetObject'], resources: [arns.artifacts], because: 'Artifact keys are digests; the prefix holds nothing else.' },
    { sid: 'FindBucket', actions: ['s3:GetBucketLocation'], resources: [arns.provisioningBucket] },
    { sid: 'MakeLogGroup', actions: ['logs:CreateLogGroup'], resources: [arns.logGroup('/aws/greengrass/*')], because: 'The log manager names a group for each component.' },
    {
      sid: 'WriteOwnLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [ownStream],
      because: "The stream's name is the date and this device; the group is the component's.",
    },
  )
}
