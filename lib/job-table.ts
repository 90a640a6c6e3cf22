import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct, type IConstruct } from 'constructs';
import { explainWildcard } from './wildcards.ts';

/** What the job store does (functions/aws/dynamodb): single items and queries; never a scan. */
const ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
];

/** The index of open jobs (functions/aws/dynamodb/table.ts), and the attribute that makes it. */
const OPEN = 'open';

/** The truth about all jobs. It outlives the stack. */
export class JobTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { key }: { readonly key: IKey | undefined }) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expires',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      // Without a key of the user's, one that AWS owns: each request to another would be billed.
      ...(key && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
    });
    this.table.addGlobalSecondaryIndex({
      indexName: OPEN,
      partitionKey: { name: OPEN, type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
    });
  }

  grantUse(user: IGrantable & IConstruct): void {
    const { tableArn } = this.table;
    // Not by the table's own `grant`, which lets them use every index there may be.
    Grant.addToPrincipal({ grantee: user, actions: ACTIONS, resourceArns: [tableArn] });
    Grant.addToPrincipal({
      grantee: user,
      actions: ['dynamodb:Query'],
      resourceArns: [`${tableArn}/index/${OPEN}`],
    });
    if (!this.table.encryptionKey) return;
    this.table.encryptionKey.grantEncryptDecrypt(user);
    for (const action of ['kms:GenerateDataKey*', 'kms:ReEncrypt*'])
      explainWildcard(user, `Action::${action}`, 'the forms of one action, on the configured key alone');
  }
}
