// console/src/aws/client-greengrassv2.ts: what the page asks of Greengrass (API reference, each operation's «Request Syntax»).
import { clientOf, commandOf, errorNamed, pagesOf, rest } from './client.ts'

const listCoreDevices = rest('ListCoreDevices', 'GET /greengrass/v2/coreDevices', ['thingGroupArn', 'status', 'maxResults', 'nextToken', 'runtime'])

export const GreengrassV2Client = clientOf({ prefix: 'greengrass', signedAs: 'greengrass' })
export const ResourceNotFoundException = errorNamed('ResourceNotFoundException')
export const paginateListCoreDevices = pagesOf(listCoreDevices, 'maxResults')
export const ListCoreDevicesCommand = commandOf(listCoreDevices)
export const GetCoreDeviceCommand = commandOf(rest('GetCoreDevice', 'GET /greengrass/v2/coreDevices/{coreDeviceThingName}'))
export const ListInstalledComponentsCommand = commandOf(rest('ListInstalledComponents', 'GET /greengrass/v2/coreDevices/{coreDeviceThingName}/installedComponents', ['maxResults', 'nextToken', 'topologyFilter']))
export const ListEffectiveDeploymentsCommand = commandOf(rest('ListEffectiveDeployments', 'GET /greengrass/v2/coreDevices/{coreDeviceThingName}/effectiveDeployments', ['maxResults', 'nextToken']))
export const ListDeploymentsCommand = commandOf(rest('ListDeployments', 'GET /greengrass/v2/deployments', ['targetArn', 'historyFilter', 'parentTargetArn', 'maxResults', 'nextToken']))
export const GetDeploymentCommand = commandOf(rest('GetDeployment', 'GET /greengrass/v2/deployments/{deploymentId}'))
export const CancelDeploymentCommand = commandOf(rest('CancelDeployment', 'POST /greengrass/v2/deployments/{deploymentId}/cancel'))
export const CreateDeploymentCommand = commandOf(rest('CreateDeployment', 'POST /greengrass/v2/deployments'))
export const DescribeComponentCommand = commandOf(rest('DescribeComponent', 'GET /greengrass/v2/components/{arn}/metadata'))
export const CreateComponentVersionCommand = commandOf(rest('CreateComponentVersion', 'POST /greengrass/v2/createComponentVersion'))
