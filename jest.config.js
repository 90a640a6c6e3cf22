export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } },
    ],
  },
  randomize: true,
  // Most of the time goes by in waiting for servers: a core for Jest itself would be idle.
  maxWorkers: '100%',
  // Real servers on a busy machine take their time to start.
  testTimeout: 60_000,
};
