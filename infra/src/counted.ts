// infra/src/counted.ts: a log line that CloudWatch also counts: fields in the embedded metric format.

/** What the functions count; `DeploymentsFailed` is counted by a rule (oversight/failed-deployments.ts). */
export type Counter = 'DevicesRefused' | 'DeploymentsFailed' | 'SigningsRefused' | 'OutcomesRefused' | 'RotationsFailed' | 'RotationsFinished'

/** CloudWatch guide, «Embedded metric format». The line itself stays readable JSON. */
export function counted(namespace: string, counter: Counter, now: Date = new Date()): Readonly<Record<string, unknown>> {
  return { _aws: { Timestamp: now.getTime(), CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics: [{ Name: counter, Unit: 'Count' }] }] }, [counter]: 1 }
}
