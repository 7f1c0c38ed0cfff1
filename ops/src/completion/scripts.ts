// ops/src/completion/scripts.ts: what each shell evaluates so that Tab completes a call of fleet; all of them ask fleet itself.

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type ShellName = (typeof SHELLS)[number]

export const SCRIPTS: Readonly<Record<ShellName, string>> = {
  bash: `_fleet() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(fleet completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _fleet fleet`,
  zsh: `_fleet() {
  local -a found
  found=("\${(@f)$(fleet completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null | sed -e 's/:/\\\\:/g' -e $'s/\\t/:/')}")
  if [[ -n "\${found[1]}" ]]; then _describe fleet found; else _files; fi
}
compdef _fleet fleet`,
  fish: `function __fleet_words
  set -l found (fleet completion fish -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c fleet -f -a '(__fleet_words)'`,
}
