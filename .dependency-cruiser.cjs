// The folders are the architecture (docs/architecture.md): these rules keep them so.
const outside = (allowed) => ({ path: '^(functions|cli|lib|bin|test|bench)/', pathNot: allowed });
const useCases = '^functions/(enumerate|transfer|supervise|import|uploads|control|attempt|evidence|batch)/';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '(\\.test\\.ts$|\\.d\\.ts$|^bench/|^bin/|^test/support/|^functions/environment)' },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'aws-lambda is a package of types alone.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
    {
      name: 'core-imports-nothing',
      comment: 'The domain has no I/O: it knows neither the other folders nor any SDK or file system.',
      severity: 'error',
      from: { path: '^functions/core/' },
      to: outside('^functions/core/'),
    },
    {
      name: 'core-without-io',
      severity: 'error',
      from: { path: '^functions/core/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: '^(crypto|node:crypto|node_modules/zod/)' },
    },
    {
      name: 'orthanc-imports-core-only',
      severity: 'error',
      from: { path: '^functions/(orthanc|dicom)/' },
      to: outside('^functions/core/|^functions/$1/'),
    },
    {
      name: 'use-cases-see-ports',
      comment: 'A use case never sees an adapter or an SDK.',
      severity: 'error',
      from: { path: useCases },
      to: { path: '^(functions/aws|cli|lib|bin)/|node_modules/@aws-sdk/' },
    },
    {
      name: 'functions-do-not-know-the-command-line',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(cli|lib|bin|test|bench)/' },
    },
    {
      name: 'stack-knows-names-only',
      comment:
        'The infrastructure shares nothing with the code that it deploys but the names of environment variables.',
      severity: 'error',
      from: { path: '^lib/' },
      to: outside('^lib/|^functions/environment'),
    },
    {
      name: 'infrastructure-library-in-the-stack-alone',
      severity: 'error',
      from: { path: '^(cli|functions|bin/orthanc-migrate)' },
      to: { path: '^lib/|node_modules/(aws-cdk-lib|constructs|cdk-nag)/' },
    },
    {
      name: 'aws-behind-ports',
      comment: 'AWS is spoken in its adapters alone, and where the command line reaches a stack or a bucket.',
      severity: 'error',
      from: { path: '^(bin|cli|functions)/', pathNot: '^(functions/aws|cli/stack)/' },
      to: { path: 'node_modules/@(aws-sdk|aws-lambda-powertools|smithy)/' },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(bin|cli|functions|lib)/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
