// e2e/outsiders/fidelity/differences.ts: where the twin is known to differ from AWS, with the page that says what AWS does.

export interface Difference {
  /** What the twin does. */
  readonly twin: string
  readonly aws: string
  readonly page: { readonly title: string; readonly address: string }
}

const DOCS = 'https://docs.aws.amazon.com'

export const DIFFERENCES: readonly Difference[] = [
  {
    twin: 'A connection ends within a second after its certificate has left ACTIVE',
    aws: '«within a few minutes»',
    page: { title: 'UpdateCertificate', address: `${DOCS}/iot/latest/apireference/API_UpdateCertificate.html` },
  },
]
