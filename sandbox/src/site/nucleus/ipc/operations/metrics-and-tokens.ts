// sandbox/src/site/nucleus/ipc/operations/metrics-and-tokens.ts: what only AWS's own components may ask of the nucleus.
import { isJsonObject, numberOf, textOf, type JsonValue } from '../../json.ts'
import { COMPONENT_METRIC, type Authorization } from '../authorization.ts'
import { IpcError } from '../ipc-error.ts'
import { unary, type IpcOperations } from '../operation.ts'
import type { ComponentTokens } from '../tokens.ts'

const STREAM_MANAGER = 'aws.greengrass.StreamManager'
const LONGEST_METRIC_NAME = 32 // bytes

export function awsComponentOperations(authorization: Authorization, tokens: ComponentTokens): IpcOperations {
  return {
    PutComponentMetric: unary(({ component, request: { metrics } }) => {
      const operation = 'aws.greengrass#PutComponentMetric'
      if (!component.startsWith('aws.')) throw new IpcError('UnauthorizedError', `Principal ${component} is not authorized to perform ${COMPONENT_METRIC}:${operation} `)
      if (!Array.isArray(metrics) || metrics.length === 0) throw new IpcError('InvalidArgumentsError', 'Null or Empty list of metrics found in PutComponentMetricRequest')
      for (const name of (metrics as readonly JsonValue[]).map(metricName)) {
        const isAllowed = component === STREAM_MANAGER || authorization.isAllowed({ service: COMPONENT_METRIC, component, operation, resource: name })
        if (!isAllowed) throw new IpcError('UnauthorizedError', `Principal ${component} is not authorized to perform ${COMPONENT_METRIC}:${operation} with metric name ${name}`)
      }
      return {}
    }),
    ValidateAuthorizationToken: unary(({ component, request: { token } }) => {
      if (component !== STREAM_MANAGER) throw new IpcError('UnauthorizedError', `${component} is not authorized to perform aws.greengrass#ValidateAuthorizationToken`)
      if (tokens.componentOf(textOf(token)) === undefined) throw new IpcError('InvalidTokenError', 'Authentication token not found')
      return { isValid: true }
    }),
  }
}

function metricName(metric: JsonValue): string {
  const { name, unit, value } = isJsonObject(metric) ? metric : {}
  const isGood = textOf(name) !== '' && Buffer.byteLength(textOf(name)) <= LONGEST_METRIC_NAME && textOf(unit) !== '' && numberOf(value, -1) >= 0
  if (!isGood) throw new IpcError('InvalidArgumentsError', 'Invalid argument found in PutComponentMetricRequest')
  return textOf(name)
}
