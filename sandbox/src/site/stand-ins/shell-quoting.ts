// sandbox/src/site/stand-ins/shell-quoting.ts: a text as one word of a POSIX shell.

export const quotedForShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
