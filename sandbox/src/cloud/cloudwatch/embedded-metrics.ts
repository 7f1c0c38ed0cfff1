// sandbox/src/cloud/cloudwatch/embedded-metrics.ts: counts what log lines say in the embedded metric format, on their way to the log.
import type { LogSink, MetricSink } from '../ports.ts'
import { z } from 'zod'

/** CloudWatch guide, «Specification: Embedded metric format», as far as it is without dimensions. */
const Embedded = z.looseObject({
  _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics: z.array(z.object({ Namespace: z.string(), Dimensions: z.array(z.array(z.string())), Metrics: z.array(z.object({ Name: z.string(), Unit: z.string().optional() })) })) }),
})

export const countingEmbedded = (logs: LogSink, metrics: MetricSink): LogSink => ({
  append(group, stream, messages) {
    logs.append(group, stream, messages)
    for (const message of messages) if (message.includes('"_aws"')) count(message, metrics)
  },
})

function count(message: string, metrics: MetricSink): void {
  const line = Embedded.safeParse(json(message)).data
  for (const { Namespace: namespace, Dimensions, Metrics } of line?._aws.CloudWatchMetrics ?? []) {
    if (!Dimensions.some((dimensions) => dimensions.length === 0)) continue
    for (const { Name: name, Unit: unit = 'None' } of Metrics) {
      const value = line?.[name]
      if (typeof value === 'number') metrics.count({ namespace, name, value, unit, at: new Date(line?._aws.Timestamp ?? 0) })
    }
  }
}

/** A line that is no JSON counts nothing. */
function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
