// e2e/releases/corrupt/crashes-at-start.cjs: a program that ends as soon as it has begun.
/* global console, process */
console.error('corrupt: nothing works')
process.exit(7)
