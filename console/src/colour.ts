// console/src/colour.ts: the page's colours for what is drawn on a canvas.

/** Properties hold `light-dark(…)`, which a canvas does not read: the browser resolves it when it is a colour of the element. */
export function colourOf(style: CSSStyleDeclaration): (property: string) => string {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  return (property) => {
    const value = style.getPropertyValue(property).trim()
    const [, light = value, dark = value] = /^light-dark\((.+?),\s*(.+)\)$/.exec(value) ?? []
    return isDark ? dark : light
  }
}
