/**
 * The environment variables of the functions on AWS: the stack sets them (lib/), the functions read them (functions/aws/settings.ts).
 * Each name is written here alone, so that a slip of the pen cannot hide.
 */
export const ENV = {
  /** Name of the DynamoDB table of the job store. */
  table: 'ORTHANC_MIGRATE_TABLE',
  /** Name of the bucket for plans, receipts and evidence. */
  evidenceBucket: 'ORTHANC_MIGRATE_EVIDENCE_BUCKET',
  /** URLs of the queues. */
  enumerateQueue: 'ORTHANC_MIGRATE_ENUMERATE_QUEUE',
  transferQueue: 'ORTHANC_MIGRATE_TRANSFER_QUEUE',
  importQueue: 'ORTHANC_MIGRATE_IMPORT_QUEUE',
  /** Chunks and enumerations for a worker on a machine of the user's own. */
  workerQueue: 'ORTHANC_MIGRATE_WORKER_QUEUE',
  /** URL of the queue of S3's notifications about uploads; absent without a dump bucket of the stack's own. */
  uploadsQueue: 'ORTHANC_MIGRATE_UPLOADS_QUEUE',
  /** Final failures, and what no handler could take: the dead-letter queue of the transfer and the import queue. */
  deadLetterQueue: 'ORTHANC_MIGRATE_DEAD_LETTER_QUEUE',
  /** JSON: URLs of all other dead-letter queues, for whoever shows how much is in them. */
  otherDeadLetterQueues: 'ORTHANC_MIGRATE_OTHER_DEAD_LETTER_QUEUES',
  /** JSON: name → {"secret": ARN or name, "url"?: base URL, "worker"?: true when only a worker reaches it}. */
  endpoints: 'ORTHANC_MIGRATE_ENDPOINTS',
  /** ARN of the secret that holds the master keys of encrypted storage: JSON, key number → base64 of 32 bytes. */
  storageKeysSecret: 'ORTHANC_MIGRATE_STORAGE_KEYS_SECRET',
  /** A single instance larger than this (bytes) is for a worker. */
  largestInstance: 'ORTHANC_MIGRATE_LARGEST_INSTANCE',
  /** How many containers of the transfer or import function share the limits of a target. */
  containers: 'ORTHANC_MIGRATE_CONTAINERS',
  /** JSON: {"target": endpoint, "prefix": …, "quietMinutes": …, "orphans"?: …}: what becomes of uploads to the dump bucket. */
  uploads: 'ORTHANC_MIGRATE_UPLOADS',
  /** Name of the dump bucket. */
  dumpBucket: 'ORTHANC_MIGRATE_DUMP_BUCKET',
  /** UUIDs of the event source mappings that the supervisor holds back while a server is away. */
  transferMapping: 'ORTHANC_MIGRATE_TRANSFER_MAPPING',
  importMapping: 'ORTHANC_MIGRATE_IMPORT_MAPPING',
  /** Seconds between two looks of the supervisor. */
  superviseEvery: 'ORTHANC_MIGRATE_SUPERVISE_EVERY',
  /** Seconds after which an attempt at a chunk has surely died: longer than a function may run. */
  longestAttempt: 'ORTHANC_MIGRATE_LONGEST_ATTEMPT',
  /** Seconds after which the message of a chunk that nobody touched may be lost: longer than it can be hidden. */
  idleAfter: 'ORTHANC_MIGRATE_IDLE_AFTER',
  /** Name of the event bus. */
  eventBus: 'ORTHANC_MIGRATE_EVENT_BUS',
  /** Name of the stack: metrics have it as their dimension. */
  stack: 'ORTHANC_MIGRATE_STACK',
  /** debug, info, warn or error. */
  logLevel: 'ORTHANC_MIGRATE_LOG_LEVEL',
} as const;

/** Source of the events that are published on the bus. */
export const EVENT_SOURCE = 'orthanc-migrate';
/** Detail types of these events, and of the one that asks for a job. */
export const EVENT_TYPES = {
  requested: 'Orthanc Migration Requested',
  completed: 'Orthanc Migration Completed',
  blocked: 'Orthanc Migration Blocked',
  failed: 'Orthanc Migration Failed',
} as const;

/** CloudWatch namespace of the metrics; their one dimension is the name of the stack. */
export const METRIC_NAMESPACE = 'OrthancMigrate';
export const METRIC_DIMENSION = 'Stack';
/** The metrics themselves: those of `MetricName` in functions/core/ports.ts (test/infra holds one against the other). */
export const METRIC_NAMES = [
  'InstancesMoved',
  'BytesMoved',
  'InstancesSucceeded',
  'InstancesWithWarnings',
  'InstancesFailed',
  'InstancesSkipped',
  'ChunkDuration',
  'JobsRunning',
  'GateClosedMinutes',
  'MinutesWithoutProgress',
] as const;

/** The functions of a stack; on AWS each is called `<stack>-<name>`, so that whoever knows the stack can invoke them. */
export const FUNCTION_NAMES = ['supervise', 'enumerate', 'transfer', 'import', 'uploads'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Where the built code of a function has its entry: `functions/aws/lambda/<name>.ts`, export `handler`. */
export const ENTRY_FOLDER = 'functions/aws/lambda';
