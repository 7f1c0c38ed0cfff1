// ops/src/stack/not-loaded.cjs: stands in for a module that the program does not need; whoever does use it is told what to do.
module.exports = new Proxy({}, {
  get(_target, name) {
    if (typeof name === 'symbol' || name === '__esModule' || name === 'default') return undefined
    throw new Error('this engine does not serialize functions: bundle them, or use the Pulumi CLI')
  },
})
