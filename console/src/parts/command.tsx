// console/src/parts/command.tsx: the `fleet` command that does the same as the control beside it.
export const Command = ({ children }: { readonly children: string }) => (
  <code class="command" title="The same on the command line">
    {children}
  </code>
)

/** Stage and cloud are told only where they are not the usual ones. */
export const stageOption = (stage: string, isSandbox: boolean): string => `${stage === 'dev' ? '' : ` --stage ${stage}`}${isSandbox ? '' : ' --aws'}`
