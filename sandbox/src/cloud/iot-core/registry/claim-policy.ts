// sandbox/src/cloud/iot-core/registry/claim-policy.ts: what a temporary provisioning claim may do: provision with its template.
import { arn, type Account } from '../../account.ts'

/** Developer guide, «Provisioning by trusted user»: these certificates carry their own rights and are attached to no policy of the account. */
export function claimPolicy(account: Account, templateName: string): { readonly name: string; readonly document: string } {
  const resource = (name: string) => arn('iot', account, name)
  const topics = ['$aws/certificates/create/*', '$aws/certificates/create-from-csr/*', `$aws/provisioning-templates/${templateName}/provision/*`]
  const Statement = [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' },
    { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: topics.map((topic) => resource(`topic/${topic}`)) },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: topics.map((topic) => resource(`topicfilter/${topic}`)) },
  ]
  return { name: `provisioning-claim-${templateName}`, document: JSON.stringify({ Version: '2012-10-17', Statement }) }
}
