// sandbox/src/cloud/fleet-provisioning/register-thing.ts: provisions a device that owns a certificate, as its template and hook decide.
import { iotArn } from '../iot-core/registry/arns.ts'
import { recordOf } from '../iot-core/registry/certificate-records.ts'
import type { OpenRegistry } from '../iot-core/registry/registry.ts'
import { readCertificate } from '../pki/certificate.ts'
import type { FunctionInvoker } from '../ports.ts'
import { executePlan, type Permits } from './execute-plan.ts'
import { TemplateFault } from './intrinsic-functions.ts'
import type { OwnershipTokens } from './ownership-token.ts'
import { planProvisioning, type PlanInput, type ProvisioningPlan } from './plan.ts'
import { askHook } from './pre-provisioning-hook.ts'
import type { ProvisioningTemplates, StoredTemplate } from './provisioning-templates.ts'
import { Refusal, refusalFrom, refusalOf } from './refusal.ts'
import type { ProvisioningTemplate } from './template.ts'

export interface RegisterThingRequest {
  readonly templateName: string
  readonly certificateOwnershipToken: string
  readonly parameters: Readonly<Record<string, string>>
  readonly clientId: string
  /** Of the connection that asks. */
  readonly claimCertificateId: string
}

export interface Registered {
  readonly certificateId: string
  readonly thingName: string | undefined
  readonly deviceConfiguration: Readonly<Record<string, string>>
}

export interface RegisterThingDependencies {
  readonly registry: OpenRegistry
  readonly templates: ProvisioningTemplates
  readonly tokens: OwnershipTokens
  readonly functions: FunctionInvoker
  readonly roleOf: (roleArn: string) => Permits
}

/** A repeat with the same token, within its hour, comes to the same end. @throws Refusal */
export function registerThing(dependencies: RegisterThingDependencies): (request: RegisterThingRequest) => Promise<Registered> {
  return async (request) => {
    const template = enabledTemplate(dependencies.templates, request.templateName)
    const owned = ownedCertificate(dependencies, request.certificateOwnershipToken)
    try {
      return await provision(dependencies, request, { template, owned })
    } catch (error) {
      throw refusalOf({ certificateId: owned.certificateId, commonName: owned.subject['CommonName'] }, refusalFrom(error))
    }
  }
}

async function provision(dependencies: RegisterThingDependencies, request: RegisterThingRequest, { template, owned }: { template: StoredTemplate; owned: OwnedCertificate }): Promise<Registered> {
  const overrides = await hookOverrides(dependencies, request, { template, owned })
  const plan = planned(template.content, { parameters: { ...request.parameters, ...overrides }, certificate: owned })
  const { certificateId } = owned
  if (plan.certificate && plan.certificate.source.value !== certificateId) throw new Refusal('InvalidParameters', 'The template names another certificate than the one that the token is for')
  ownedCertificate(dependencies, request.certificateOwnershipToken) // the hook took its time: token and certificate must still be good
  executePlan({ registry: dependencies.registry, permits: dependencies.roleOf(template.provisioningRoleArn) }, plan, certificateId)
  return { certificateId, thingName: plan.thing?.thingName, deviceConfiguration: plan.deviceConfiguration }
}

/** @throws Refusal InvalidParameters */
export function planned(template: ProvisioningTemplate, input: PlanInput): ProvisioningPlan {
  try {
    return planProvisioning(template, input)
  } catch (cause) {
    if (cause instanceof TemplateFault) throw new Refusal('InvalidParameters', cause.message, { cause })
    throw cause
  }
}

function enabledTemplate(templates: ProvisioningTemplates, templateName: string): StoredTemplate {
  const template = templates.find(templateName)
  if (!template) throw new Refusal('ResourceNotFound', `Provisioning template ${templateName} not found`)
  if (!template.enabled) throw new Refusal('InvalidRequest', `Provisioning template ${templateName} is not enabled`)
  return template
}

interface OwnedCertificate {
  readonly certificateId: string
  readonly pem: string
  readonly subject: Readonly<Record<string, string>>
}

function ownedCertificate({ tokens, registry }: RegisterThingDependencies, token: string): OwnedCertificate {
  if (token === '') throw new Refusal('InvalidCertificateOwnershipToken', 'Certificate ownership token cannot be empty.')
  const certificateId = tokens.certificateOf(token, registry.state.clock.now())
  const record = certificateId === undefined ? undefined : recordOf(registry.state, certificateId)
  if (certificateId === undefined || !record) {
    const why = certificateId === undefined ? 'the ownership token is forged, damaged or expired' : 'the certificate of the ownership token was deleted'
    throw new Refusal('InvalidCertificateOwnershipToken', 'Certificate ownership token is not valid.', { why })
  }
  return { certificateId, pem: record.pem, subject: readCertificate(record.pem).subject }
}

async function hookOverrides({ registry, functions }: RegisterThingDependencies, request: RegisterThingRequest, { template, owned }: { template: StoredTemplate; owned: OwnedCertificate }) {
  if (template.hookArn === undefined) return {}
  const { templateName, parameters, clientId, claimCertificateId } = request
  const verdict = await askHook(functions, template.hookArn, {
    claimCertificateId,
    certificateId: owned.certificateId,
    certificatePem: owned.pem,
    templateArn: iotArn(registry.state.account, 'provisioningtemplate', templateName),
    clientId,
    parameters,
  })
  if (!verdict.allowed) throw new Refusal('AccessDenied', 'Access denied', { why: verdict.why })
  return verdict.parameterOverrides
}
