// sandbox/src/cloud/iot-core/jobs/job-errors.ts: errors of the control plane that only jobs have.
import { AwsError } from '../../aws-error.ts'

export const invalidStateTransition = (message: string) => new AwsError('InvalidStateTransitionException', message)
