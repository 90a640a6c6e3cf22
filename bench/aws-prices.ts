/**
 * List prices of us-east-1 in US dollars, without free tiers, volume discounts and taxes. The addresses are where they stand; they were not
 * read there: those of Lambda, DynamoDB, NAT gateways and of traffic to the internet are as articles of 2025 and 2026 quote them (DynamoDB
 * after its reduction of November 2024), the others as they are commonly known. Look there before a decision depends on them.
 */
export const PRICES = {
  /** https://aws.amazon.com/lambda/pricing/ (Arm): GB-second; request. */
  lambdaGbSecond: 0.000_013_333_4,
  lambdaRequest: 0.2e-6,
  /** https://aws.amazon.com/sqs/pricing/ (standard queue): request; a message of more than 64 KB counts as several. */
  sqsRequest: 0.4e-6,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/: write and read request unit. */
  dynamodbWriteUnit: 0.625e-6,
  dynamodbReadUnit: 0.125e-6,
  /** https://aws.amazon.com/s3/pricing/ (standard): PUT, COPY, POST, LIST; GET and all others. */
  s3Write: 5e-6,
  s3Read: 0.4e-6,
  /** https://aws.amazon.com/vpc/pricing/: NAT gateway, an hour; a gigabyte that it processes, in either direction. */
  natHour: 0.045,
  natGigabyte: 0.045,
  /** https://aws.amazon.com/ec2/pricing/on-demand/: a gigabyte out to the internet; one between zones, paid on both sides. */
  internetGigabyte: 0.09,
  zoneGigabyte: 0.02,
} as const;
