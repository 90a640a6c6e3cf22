/**
 * Whether the user has AWS clients talk to a server of his own.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function hasOwnEndpoint(service: 'S3' | 'SQS', environment: NodeJS.ProcessEnv): boolean {
  const { AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS } = environment;
  const url = environment[`AWS_ENDPOINT_URL_${service}`] || AWS_ENDPOINT_URL;
  return AWS_IGNORE_CONFIGURED_ENDPOINT_URLS !== 'true' && Boolean(url);
}
