// sandbox/src/cloud/fleet-provisioning/registration-operations.ts: RegisterThing and CreateProvisioningClaim as operations of IoT's control plane.
import { AwsError } from '../aws-error.ts'
import { iotArn } from '../iot-core/registry/arns.ts'
import { theCertificate } from '../iot-core/registry/certificate-records.ts'
import { found, invalidRequest, required } from '../iot-core/registry/errors.ts'
import type { OpenRegistry } from '../iot-core/registry/registry.ts'
import type { IotOperations } from '../iot-core/registry/registry-state.ts'
import type { Pki } from '../pki/pki.ts'
import type { RoleSessions } from '../ports.ts'
import type { Call } from '../service.ts'
import { executePlan, type Permits } from './execute-plan.ts'
import type { PlannedCertificate, ProvisioningPlan } from './plan.ts'
import type { ProvisioningTemplates } from './provisioning-templates.ts'
import { Refusal } from './refusal.ts'
import { planned } from './register-thing.ts'
import { readTemplate } from './template.ts'
import type { UnclaimedCertificates } from './unclaimed-certificates.ts'

export interface RegistrationDependencies {
  readonly registry: OpenRegistry
  readonly templates: ProvisioningTemplates
  readonly unclaimed: UnclaimedCertificates
  readonly pki: Pki
  readonly roles: RoleSessions
}

export function registrationOperations({ registry, templates, unclaimed, pki, roles }: RegistrationDependencies) {
  return {
    async CreateProvisioningClaim(input) {
      const templateName = required(input.templateName, 'templateName')
      found(templates.find(templateName), `Provisioning template ${templateName}`)
      const { publicKey, privateKey, certificateId, pem } = await pki.issueWithNewKeys()
      unclaimed.sweep()
      const expiration = unclaimed.keepClaim({ certificateId, pem }, templateName)
      return { certificateId, certificatePem: pem, keyPair: { PublicKey: publicKey, PrivateKey: privateKey }, expiration }
    },
    /** Provisions by a template that comes with the request, in the caller's own right. */
    RegisterThing(input, call) {
      const template = readTemplate(required(input.templateBody, 'templateBody'), 'registration')
      const plan = planOf(() => planned(template, { parameters: input.parameters ?? {} }))
      return registry.state.change(() => {
        const certificateId = plan.certificate && certificateOf(registry, plan.certificate)
        executePlan({ registry, permits: permitsOf(call, roles) }, plan, certificateId)
        return { certificatePem: certificateId === undefined ? undefined : theCertificate(registry.state, certificateId).pem, resourceArns: resourceArns(registry, plan, certificateId) }
      })
    },
  } satisfies Partial<IotOperations>
}

function planOf(work: () => ProvisioningPlan): ProvisioningPlan {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) throw new AwsError('ResourceRegistrationFailureException', error.message, { cause: error })
    throw error
  }
}

/** The certificate that the template names, issued or registered when it brings one. */
function certificateOf({ operations }: OpenRegistry, { source: { kind, value }, status }: PlannedCertificate): string {
  if (kind === 'id') return operations.DescribeCertificate({ certificateId: value }).certificateDescription.certificateId
  if (kind === 'request') return operations.CreateCertificateFromCsr({ certificateSigningRequest: value, setAsActive: status === 'ACTIVE' }).certificateId
  return operations.RegisterCertificateWithoutCA({ certificatePem: value, status }).certificateId
}

/** The account may do everything; a role session what its role may. */
function permitsOf({ principal }: Call, roles: RoleSessions): Permits {
  if (principal.kind === 'account') return () => true
  if (principal.kind !== 'role-session') throw invalidRequest('RegisterThing over HTTP is for principals of IAM')
  return (action, resource) => roles.permits(principal.roleName, action, resource)
}

/** By logical name. */
function resourceArns({ state }: OpenRegistry, { thing, certificate, policies }: ProvisioningPlan, certificateId: string | undefined): Record<string, string> {
  const arns = policies.map(({ logicalName, name }) => [logicalName, iotArn(state.account, 'policy', name)])
  if (thing) arns.push([thing.logicalName, iotArn(state.account, 'thing', thing.thingName)])
  if (certificate && certificateId !== undefined) arns.push([certificate.logicalName, iotArn(state.account, 'cert', certificateId)])
  return Object.fromEntries(arns) as Record<string, string> // pairs of strings
}
