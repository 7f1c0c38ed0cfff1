// console/src/parts/command.tsx: the `fleet` command that does the same as the control beside it; a click takes it along.
import { useState } from 'preact/hooks'

export function Command({ children }: { readonly children: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = () => void navigator.clipboard.writeText(children).then(() => setCopied(true), () => setCopied(false))
  return (
    <button type="button" class={`command${isCopied ? ' copied' : ''}`} title="The same on the command line; click to copy" onClick={copy} onBlur={() => setCopied(false)}>
      <code>{children}</code>
    </button>
  )
}

/** Stage and cloud are told only where they are not the usual ones. */
export const stageOption = (stage: string, isSandbox: boolean): string => `${stage === 'dev' ? '' : ` --stage ${stage}`}${isSandbox ? '' : ' --aws'}`
