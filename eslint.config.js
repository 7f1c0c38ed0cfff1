// eslint.config.js: the rules that a machine can hold us to: who may import whom, no cycles, no forgotten promise, no untyped value.
import js from '@eslint/js'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import ts from 'typescript-eslint'

/** `from` may import, of this repository, only what `only` names (and itself). docs/ARCHITECTURE.md says why. */
const OURS = ['packages', 'components', 'infra', 'ops', 'sandbox', 'console', 'e2e', 'bench']
const rule = (from, only, message) => ({ target: `./${from}`, from: OURS.map((part) => `./${part}`), except: undefined, only, message })
const RULES = [
  rule('packages/contract', [], 'contract stands on its schema library alone'),
  rule('packages/log', [], 'log stands on nothing'),
  rule('packages/device-runtime', ['packages/contract', 'packages/log'], 'device-runtime stands on contract and log'),
  rule('components/led', ['packages'], 'components share through packages, never with each other'),
  rule('components/button', ['packages'], 'components share through packages, never with each other'),
  rule('components/cert-rotator', ['packages'], 'components share through packages, never with each other'),
  rule('components/os-update', ['packages'], 'components share through packages, never with each other'),
  rule('infra', ['packages/contract', 'packages/log'], 'infra stands on contract and log'),
  rule('ops', ['packages/contract', 'packages/log'], 'ops stands on contract and log'),
  rule('console', ['packages/contract', 'ops/src/allowlist', 'ops/src/aws', 'ops/src/cost', 'ops/src/deploy', 'ops/src/logs', 'ops/src/release', 'ops/src/status'], 'console stands on contract, and on what ops decides without a shell'),
  rule('sandbox/src/cloud', [], 'the cloud twin knows AWS, not this fleet'),
]
const zones = RULES.flatMap(({ target, only, message }) =>
  OURS.flatMap((part) => {
    const own = target === `./${part}` || target.startsWith(`./${part}/`)
    const except = [...only.filter((path) => path === part || path.startsWith(`${part}/`)), ...(own ? [target.slice(2)] : [])]
    return [{ target, from: `./${part}`, except: except.map((path) => `./${path.slice(part.length + 1) || '.'}`), message }]
  }),
)

export default ts.config(
  { ignores: ['**/node_modules/', '**/dist/', '.sandbox/', '.cache/', 'console/dist/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-params': ['error', 4],
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/require-await': 'off', // a port's method may be asynchronous for its other adapter
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    files: ['**/*.lambda.ts', 'infra/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {},
  },
  {
    files: ['**/*.test.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off', // expect.any(…) and parsed JSON are untyped by nature
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
  {
    files: ['console/**/*.{ts,tsx}'], // has types of its own: those of a browser
    languageOptions: { parserOptions: { project: './console/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './console/tsconfig.json' })] },
  },
  {
    files: ['console/src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }] }, // a component that needs more is two
  },
)
