// sandbox/src/site/nucleus/lifecycle/builtin.ts: names of the services inside the nucleus, which fleet status lists beside the components.

/** Started with the nucleus, and part of it after every deployment. */
export const AUTOSTARTED = ['FleetStatusService', 'DeploymentService', 'TelemetryAgent', 'UpdateSystemPolicyService'] as const

export const DEPLOYMENT_SERVICE = 'DeploymentService'
export const FLEET_STATUS_SERVICE = 'FleetStatusService'
export const DOCKER_APPLICATION_MANAGER = 'aws.greengrass.DockerApplicationManager'
