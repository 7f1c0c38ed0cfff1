// sandbox/src/cloud/cloud-control/types/iot-account-audit-configuration.ts: AWS::IoT::AccountAuditConfiguration: one of it in an account.
import type { AuditCheckConfiguration } from '@aws-sdk/client-iot'
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'

const Plain = z.strictObject({ Enabled: z.boolean().optional() })
const days = z.string().min(1).max(64).optional()
const Age = z.strictObject({ Enabled: z.boolean().optional(), Configuration: z.strictObject({ CertAgeThresholdInDays: days }).optional() })
const Expiration = z.strictObject({ Enabled: z.boolean().optional(), Configuration: z.strictObject({ CertExpirationThresholdInDays: days }).optional() })

/** As CloudFormation spells the names of the checks. */
const CHECKS = {
  AuthenticatedCognitoRoleOverlyPermissiveCheck: 'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
  CaCertificateExpiringCheck: 'CA_CERTIFICATE_EXPIRING_CHECK',
  CaCertificateKeyQualityCheck: 'CA_CERTIFICATE_KEY_QUALITY_CHECK',
  ConflictingClientIdsCheck: 'CONFLICTING_CLIENT_IDS_CHECK',
  DeviceCertificateAgeCheck: 'DEVICE_CERTIFICATE_AGE_CHECK',
  DeviceCertificateExpiringCheck: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
  DeviceCertificateKeyQualityCheck: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
  DeviceCertificateSharedCheck: 'DEVICE_CERTIFICATE_SHARED_CHECK',
  IntermediateCaRevokedForActiveDeviceCertificatesCheck: 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
  IoTPolicyPotentialMisConfigurationCheck: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
  IotPolicyOverlyPermissiveCheck: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
  IotRoleAliasAllowsAccessToUnusedServicesCheck: 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK',
  IotRoleAliasOverlyPermissiveCheck: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
  LoggingDisabledCheck: 'LOGGING_DISABLED_CHECK',
  RevokedCaCertificateStillActiveCheck: 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK',
  RevokedDeviceCertificateStillActiveCheck: 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
  UnauthenticatedCognitoRoleOverlyPermissiveCheck: 'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
} as const
type Check = keyof typeof CHECKS

const Checks = z.strictObject({
  AuthenticatedCognitoRoleOverlyPermissiveCheck: Plain.optional(),
  CaCertificateExpiringCheck: Plain.optional(),
  CaCertificateKeyQualityCheck: Plain.optional(),
  ConflictingClientIdsCheck: Plain.optional(),
  DeviceCertificateAgeCheck: Age.optional(),
  DeviceCertificateExpiringCheck: Expiration.optional(),
  DeviceCertificateKeyQualityCheck: Plain.optional(),
  DeviceCertificateSharedCheck: Plain.optional(),
  IntermediateCaRevokedForActiveDeviceCertificatesCheck: Plain.optional(),
  IoTPolicyPotentialMisConfigurationCheck: Plain.optional(),
  IotPolicyOverlyPermissiveCheck: Plain.optional(),
  IotRoleAliasAllowsAccessToUnusedServicesCheck: Plain.optional(),
  IotRoleAliasOverlyPermissiveCheck: Plain.optional(),
  LoggingDisabledCheck: Plain.optional(),
  RevokedCaCertificateStillActiveCheck: Plain.optional(),
  RevokedDeviceCertificateStillActiveCheck: Plain.optional(),
  UnauthenticatedCognitoRoleOverlyPermissiveCheck: Plain.optional(),
} satisfies Record<Check, z.ZodType>)

const Target = z.strictObject({ TargetArn: z.string().min(11).max(2048).optional(), RoleArn: z.string().min(20).max(2048).optional(), Enabled: z.boolean().optional() })
const AccountAuditConfiguration = z.strictObject({
  AccountId: z.string().min(12).max(12),
  RoleArn: z.string().min(20).max(2048),
  AuditCheckConfigurations: Checks,
  AuditNotificationTargetConfigurations: z.strictObject({ Sns: Target.optional() }).optional(),
})
type AccountAuditConfiguration = z.infer<typeof AccountAuditConfiguration>

/** Members of a check's configuration, here and there. */
const CONFIGURATION = { CertAgeThresholdInDays: 'CERT_AGE_THRESHOLD_IN_DAYS', CertExpirationThresholdInDays: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS' } as const

const put = async ({ RoleArn, AuditCheckConfigurations, AuditNotificationTargetConfigurations }: AccountAuditConfiguration, { iot }: Handling) => {
  const { Sns } = AuditNotificationTargetConfigurations ?? {}
  const target = { targetArn: Sns?.TargetArn, roleArn: Sns?.RoleArn, enabled: Sns?.Enabled ?? false }
  await iot.UpdateAccountAuditConfiguration({ roleArn: RoleArn, auditNotificationTargetConfigurations: { SNS: target }, auditCheckConfigurations: Object.fromEntries(checkNames().map((check) => [CHECKS[check], asked(AuditCheckConfigurations[check])])) })
}

const checkNames = () => Object.keys(CHECKS) as Check[] // its own keys

/** A check that the template does not name, or no longer names, is off. */
function asked(check: z.infer<typeof Plain> | z.infer<typeof Age> | z.infer<typeof Expiration> | undefined): AuditCheckConfiguration {
  const configuration = check && 'Configuration' in check ? Object.entries(check.Configuration ?? {}) : []
  const given = configuration.flatMap(([name, value]) => (typeof value === 'string' ? [[CONFIGURATION[name as keyof typeof CONFIGURATION], value]] : []))
  return { enabled: check?.Enabled ?? false, ...(given.length > 0 ? { configuration: Object.fromEntries(given) as Record<string, string> } : {}) }
}

function shown({ enabled = false, configuration = {} }: AuditCheckConfiguration): { Enabled: boolean; Configuration?: Record<string, string> } {
  const known = Object.entries(CONFIGURATION).flatMap(([name, apiName]) => (configuration[apiName] === undefined ? [] : [[name, configuration[apiName]]]))
  return { Enabled: enabled, ...(known.length > 0 ? { Configuration: Object.fromEntries(known) as Record<string, string> } : {}) }
}

async function current({ iot, account }: Handling): Promise<AccountAuditConfiguration | undefined> {
  const { roleArn, auditCheckConfigurations = {}, auditNotificationTargetConfigurations: { SNS } = {} } = await iot.DescribeAccountAuditConfiguration({})
  if (roleArn === undefined) return undefined
  const checks = checkNames().flatMap((check) => (auditCheckConfigurations[CHECKS[check]]?.enabled ? [[check, shown(auditCheckConfigurations[CHECKS[check]] ?? {})]] : []))
  return {
    AccountId: account.accountId,
    RoleArn: roleArn,
    AuditCheckConfigurations: Object.fromEntries(checks) as AccountAuditConfiguration['AuditCheckConfigurations'],
    ...(SNS?.targetArn === undefined ? {} : { AuditNotificationTargetConfigurations: { Sns: { TargetArn: SNS.targetArn, RoleArn: SNS.roleArn, Enabled: SNS.enabled } } }),
  }
}

export const accountAuditConfiguration = resourceType<AccountAuditConfiguration>({
  typeName: 'AWS::IoT::AccountAuditConfiguration',
  schema: AccountAuditConfiguration,
  identifier: ['AccountId'],
  createOnly: ['AccountId'],
  readOnly: [],
  writeOnly: [],
  async create(model, handling) {
    const { accountId } = handling.account
    if (model.AccountId !== accountId) throw new AwsError('InvalidRequestException', `The AccountId ${model.AccountId} is not that of this account, ${accountId}.`)
    if (await current(handling)) throw new AwsError('ResourceAlreadyExistsException', `The account ${accountId} has an audit configuration already.`)
    await put(model, handling)
    return [accountId]
  },
  async read([accountId = ''], handling) {
    const found = accountId === handling.account.accountId ? await current(handling) : undefined
    if (!found) throw new AwsError('ResourceNotFoundException', `The account ${accountId} has no audit configuration.`)
    return found
  },
  async update(_identifier, { after }, handling) {
    await put(after, handling)
  },
  async delete(_identifier, { iot }) {
    await iot.DeleteAccountAuditConfiguration({ deleteScheduledAudits: false })
  },
  list: async (handling) => ((await current(handling)) ? [[handling.account.accountId]] : []),
})
