// sandbox/src/cloud/iot-core/policy/compiled-policies.ts: policies compiled once for each document: many certificates and identities share few of them.
import { compile, type CompiledPolicy } from '../../iam/policy-evaluation.ts'

/** @param mostDocuments when there are more, all are forgotten and compiled anew as they are asked for */
export function compiledPolicies(mostDocuments: number): (policy: { readonly name: string; readonly document: string }) => CompiledPolicy {
  const compiled = new Map<string, CompiledPolicy>()
  return ({ name, document }) => {
    let policy = compiled.get(document)
    if (!policy) {
      if (compiled.size >= mostDocuments) compiled.clear()
      compiled.set(document, (policy = compile(document, { name })))
    }
    return policy
  }
}
