// console/src/parts/failure-note.tsx: what went wrong, and what to do.
import type { Failure } from '../failure.ts'

export const FailureNote = ({ failure }: { readonly failure: Failure | undefined }) => (
  <div class="failure" role="alert">
    {failure && (
      <>
        <strong>{failure.what}</strong> {failure.remedy}
      </>
    )}
  </div>
)
