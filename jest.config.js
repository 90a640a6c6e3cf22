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
  // What a test file leaves behind in memory would slow those after it; so this also asks for a process beside Jest's own.
  workerIdleMemoryLimit: '1GB',
  // Real servers on a busy machine take their time to start.
  testTimeout: 60_000,
};
