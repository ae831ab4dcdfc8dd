import eslint from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Files inside another package may change with any release; tests of the SDK's own formats have no other way. */
const internals = '@temporalio/*/lib/**';

/** Node may collect the signals that it follows: https://github.com/nodejs/node/issues/57736 */
const lostSignals = {
  selector: 'MemberExpression[object.name="AbortSignal"][property.name="any"]',
  message: 'AbortSignal.any may lose a signal of AbortSignal.timeout. Use anySignal, which keeps it.',
};

export default tseslint.config(
  // The programs import clients that are generated when they run, and are compiled there.
  { ignores: ['dist/', 'node_modules/', '.local/', 'coverage/', 'test/generated-clients/programs/'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'object-shorthand': 'error',
      'no-useless-rename': 'error',
      'no-console': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Interfaces of ports are asynchronous; an implementation that happens to be synchronous keeps their shape.
      '@typescript-eslint/require-await': 'off',
      // Ports are objects of closures: there is no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    ignores: ['test/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [internals] }],
    },
  },
  {
    // The stack and the console pass signals of controllers only, which they hold themselves.
    ignores: ['test/**', 'stack/**', 'console/**'],
    rules: { 'no-restricted-syntax': ['error', lostSignals] },
  },
  {
    // Workflow code is replayed: nothing of Node but what the sandbox gives.
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [internals, 'node:*', '**/registry/**', '**/config/**'] }],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch'],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['console/**/*.{ts,tsx,mts}', 'test/console/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest']],
    languageOptions: { parserOptions: { project: './console/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        module: 'writable',
        require: 'readonly',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
        clearInterval: 'readonly',
        setInterval: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
  {
    // Jest loads these with `require`.
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // Run in a browser, as they are.
    files: ['api/pages/assets/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['document', 'location', 'history', 'navigator', 'sessionStorage', 'getSelection', 'addEventListener'],
          ...['crypto', 'fetch', 'FormData', 'setTimeout', 'SwaggerUIBundle'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
