// npm run bench -- aws-cost [fewer=1000] [more=4000]: what a stack asks of AWS for each instance (the slope between two sizes of a job,
// counted at emulators), and what that costs at list prices for a million instances. Tables in Markdown.

import { removeSynthesis } from '../test/e2e/aws/stack.ts';
import { measureReplicate, measureUploads, type Usage } from './aws-measure.ts';
import { PRICES } from './aws-prices.ts';

const [fewer = 1000, more = 4000] = process.argv.slice(2).map(Number);
const MILLION = 1e6;
/** What lib/ gives to the transfer and the import function, and how many of them work at a time by default. */
const MEMORY_GB = 1;
const CONTAINERS = 2;
const INSTANCE_GB = 0.0005;
/** Instances a second: a fast target near by, and one that takes its time. */
const RATES = [250, 44];

const WORKLOADS: Readonly<Record<string, (instances: number) => Promise<Usage>>> = {
  '2 instances a study': (instances) => measureReplicate(instances, 2),
  '20 instances a study': (instances) => measureReplicate(instances, 20),
  '200 instances a study': (instances) => measureReplicate(instances, 200),
  uploads: measureUploads,
};

type Slopes = { readonly [K in keyof Usage]: number };

async function slopesOf(name: string, measure: (instances: number) => Promise<Usage>): Promise<Slopes> {
  const small = await measure(fewer);
  const large = await measure(more);
  console.error(
    `${name}: ${fewer} instances: ${JSON.stringify(small)}\n${name}: ${more} instances: ${JSON.stringify(large)}`,
  );
  const slope = (key: keyof Usage) => Math.max(0, (large[key] - small[key]) / (more - fewer));
  const keys = Object.keys(small) as (keyof Usage)[];
  return Object.fromEntries(keys.map((key) => [key, slope(key)])) as unknown as Slopes;
}

/** Dollars for requests alone, for a million instances. */
function requestCosts({ sqs, dynamodbWrites, dynamodbReads, s3Writes, s3Reads, invocations }: Slopes) {
  return {
    sqs: MILLION * sqs * PRICES.sqsRequest,
    dynamodb: MILLION * (dynamodbWrites * PRICES.dynamodbWriteUnit + dynamodbReads * PRICES.dynamodbReadUnit),
    s3: MILLION * (s3Writes * PRICES.s3Write + s3Reads * PRICES.s3Read),
    lambda: MILLION * invocations * PRICES.lambdaRequest,
  };
}

/** Waiting is billed: all containers run for as long as the million takes. */
function durationCost(rate: number): number {
  return (MILLION / rate) * CONTAINERS * MEMORY_GB * PRICES.lambdaGbSecond;
}

/** Each file goes through the functions twice: in and out. */
function networkCosts(rate: number) {
  const gigabytes = MILLION * INSTANCE_GB;
  const hours = MILLION / rate / 3600;
  return {
    zones: 2 * gigabytes * PRICES.zoneGigabyte,
    nat: hours * PRICES.natHour + 2 * gigabytes * PRICES.natGigabyte,
    internet: gigabytes * PRICES.internetGigabyte,
  };
}

const fixed = (value: number, digits = 2) => value.toFixed(digits);
const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;

const slopes = new Map<string, Slopes>();
try {
  for (const [name, measure] of Object.entries(WORKLOADS)) slopes.set(name, await slopesOf(name, measure));
} finally {
  await removeSynthesis();
}

console.log(`Requests for 1,000 instances (slope between ${fewer} and ${more} instances)\n`);
console.log(
  row('workload', 'SQS', 'DynamoDB', 'write units', 'read units', 'S3 writes', 'S3 reads', 'invocations', 'ms'),
);
console.log(row('---', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:'));
for (const [name, one] of slopes) {
  const { sqs, dynamodbRequests, dynamodbWrites, dynamodbReads, s3Writes, s3Reads, invocations, durationMs } = one;
  const cells = [sqs, dynamodbRequests, dynamodbWrites, dynamodbReads, s3Writes, s3Reads, invocations, durationMs];
  console.log(row(name, ...cells.map((value) => fixed(value * 1000, 1))));
}

console.log('\nUS dollars for 1,000,000 instances of 0.5 MB, network aside\n');
console.log(row('workload', 'rate', 'SQS', 'DynamoDB', 'S3', 'Lambda requests', 'Lambda time', 'sum'));
console.log(row('---', '---:', '---:', '---:', '---:', '---:', '---:', '---:'));
for (const [name, one] of slopes)
  for (const rate of RATES) {
    const { sqs, dynamodb, s3, lambda } = requestCosts(one);
    const time = durationCost(rate);
    const cells = [sqs, dynamodb, s3, lambda, time, sqs + dynamodb + s3 + lambda + time];
    console.log(row(name, `${rate}/s`, ...cells.map((value) => fixed(value))));
  }

console.log('\nUS dollars for the network beside it\n');
console.log(row('rate', 'servers in the same zone', 'in other zones', 'by a NAT gateway', 'and out to the internet'));
console.log(row('---:', '---:', '---:', '---:', '---:'));
for (const rate of RATES) {
  const { zones, nat, internet } = networkCosts(rate);
  console.log(row(`${rate}/s`, fixed(0), fixed(zones), fixed(nat), fixed(nat + internet)));
}
