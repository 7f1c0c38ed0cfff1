// console/src/parts/progress.tsx: how many of all, as a bar of parts.
export interface ProgressProps {
  readonly label: string
  readonly parts: readonly { readonly name: string; readonly count: number }[]
  readonly of: number
}

export function Progress({ label, parts, of }: ProgressProps) {
  let from = 0
  return (
    <div class="progress" role="img" aria-label={`${label}: ${parts.filter(({ count }) => count > 0).map(({ name, count }) => `${count} ${name.replace('-', ' ')}`).join(', ')} of ${of}`}>
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ name, count }) => {
          const width = of === 0 ? 0 : (100 * count) / of
          const x = from
          from += width
          return <rect key={name} class={name} x={x} y="0" width={width} height="1" />
        })}
      </svg>
    </div>
  )
}
