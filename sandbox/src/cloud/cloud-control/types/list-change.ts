// sandbox/src/cloud/cloud-control/types/list-change.ts: what came into a list, and what went out of it.

export const listChange = (before: readonly string[] = [], after: readonly string[] = []) => ({
  added: after.filter((item) => !before.includes(item)),
  removed: before.filter((item) => !after.includes(item)),
})
