// sandbox/src/site/nucleus/components/artifacts/docker-image.ts: reads `docker:registry/name[:tag|@digest]`.
import { DeploymentError } from '../../deployments/deployment-error.ts'

export interface DockerImage {
  /** As docker takes it. */
  readonly fullName: string
  readonly registry: string
  readonly isPrivateEcr: boolean
  /** ECR registry id: the account. */
  readonly registryId: string
  /** '' when the host names none. */
  readonly region: string
  /** `latest`, or none at all: may be another image each time. */
  readonly isLatest: boolean
}

const LABEL = '([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const REGISTRY = new RegExp(`^${LABEL}(\\.${LABEL})*(:[0-9]+)?$`)
const PART = '[a-z0-9]+(?:(?:[_.]|__|-+)[a-z0-9]+)*'
const NAME = new RegExp(`^${PART}(/${PART})*$`)
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,}$/

/** @throws DeploymentError */
export function dockerImage(uri: string): DockerImage {
  const fullName = uri.slice(uri.indexOf(':') + 1)
  const slash = fullName.indexOf('/')
  const registry = slash === -1 ? 'registry.hub.docker.com/library' : fullName.slice(0, slash)
  const [, name = '', kind, version] = /^([^:@]*)(?:([:@])(.*))?$/.exec(fullName.slice(slash + 1)) ?? []
  const isVersionGood = kind === undefined || (kind === '@' ? DIGEST : TAG).test(version ?? '')
  if ((slash !== -1 && !REGISTRY.test(registry)) || !NAME.test(name) || !isVersionGood) throw invalid()
  const isPrivateEcr = registry.includes('dkr.ecr') && registry.includes('amazonaws')
  const labels = registry.split('.')
  return {
    ...{ fullName, registry, isPrivateEcr },
    registryId: labels[0] ?? '',
    region: labels[labels.findIndex((label) => label.toLowerCase() === 'amazonaws') - 1] ?? '',
    isLatest: kind === undefined || version === 'latest',
  }
}

const invalid = () =>
  new DeploymentError('Invalid Docker image artifact uri. URI should follow the format of `docker:registry/image_name[:tag]|[@digest]`, where registry, tag or digest are optional', {
    codes: ['ARTIFACT_URI_NOT_VALID', 'DOCKER_ARTIFACT_URI_NOT_VALID'],
  })
