/** Names as AWS has them, each with a text that says what to write instead. */
import * as z from 'zod';

/** A text with this form, or a mistake that says what it should be. */
function named(form: RegExp, remedy: string): z.ZodString {
  return z.string().regex(form, { error: ({ input }) => `"${String(input)}" ${remedy}` });
}

/** Buckets and functions are called after the stack, so that the longest of those names must still fit. */
export const stackName = named(
  /^[a-z](?:-?[a-z0-9])*$/,
  'is no stack name; write lower-case letters, digits and single hyphens, beginning with a letter',
).max(40, 'is longer than 40 characters; shorten it, since functions and queues are called after it');

export const endpointName = named(
  /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
  'is no name for an endpoint; write letters, digits, "-" and "_", beginning with a letter, 64 at most',
);

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET_NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/;

export const secret = z
  .string({ error: 'is missing or no text; give the ARN or the name of its secret in Secrets Manager' })
  .superRefine((text, context) => {
    if (text.startsWith('arn:')) {
      if (!SECRET_ARN.test(text))
        context.addIssue(
          `"${text}" is no ARN of a secret; copy it from Secrets Manager, with the six characters at its end`,
        );
    } else if (!SECRET_NAME.test(text))
      context.addIssue(
        'is no name of a secret; give the name or the ARN that Secrets Manager shows, never the secret itself',
      );
  });

export const kmsKeyArn = named(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
  'is no ARN of a KMS key; copy it from the KMS console (arn:aws:kms:…:key/…), no alias',
);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName = named(
  /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'is no name of a bucket; write the name alone (3 to 63 lower-case letters, digits, "." and "-"), no s3:// and no prefix',
);

export const vpcId = named(/^vpc-[0-9a-f]{8,17}$/, 'is no id of a VPC; write it as vpc-0123456789abcdef0');
export const subnetId = named(/^subnet-[0-9a-f]{8,17}$/, 'is no id of a subnet; write it as subnet-0123456789abcdef0');
export const securityGroupId = named(
  /^sg-[0-9a-f]{8,17}$/,
  'is no id of a security group; write it as sg-0123456789abcdef0',
);

/** A base URL without user info, as `Endpoint.url` has it. */
export const serverUrl = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    context.addIssue('is no URL of a server; write it as https://host:8042/');
  else if (url.username !== '' || url.password !== '')
    context.addIssue(
      'holds a user or a password; these belong into the secret, and whoever sees this file has seen them',
    );
  else if (url.search !== '' || url.hash !== '')
    context.addIssue('has a "?" or "#"; give the address at which Orthanc answers /system, without it');
});

export const timeZone = z
  .string()
  .refine((name) => name === 'UTC' || Intl.supportedValuesOf('timeZone').includes(name), {
    error: ({ input }) => `"${String(input)}" is no time zone; write it as Europe/Vienna`,
  });
