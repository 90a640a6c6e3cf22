import { type ISecurityGroup, type IVpc, SecurityGroup, Subnet, type SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Configuration } from './config/schema.ts';

/** Where functions live, as the properties of a function have it. */
export interface Network {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
}

/** The configured network by its ids: nothing is looked up, so that synthesis needs no account. */
export function networkOf(scope: Construct, network: NonNullable<Configuration['network']>): Network {
  const { vpc, subnets, securityGroups } = network;
  return {
    // Subnets are chosen by their ids; nobody asks for the zones, but there must be one.
    vpc: Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: vpc, availabilityZones: ['any'] }),
    vpcSubnets: { subnets: subnets.map((id) => Subnet.fromSubnetId(scope, id, id)) },
    securityGroups: securityGroups.map((id) => SecurityGroup.fromSecurityGroupId(scope, id, id, { mutable: false })),
  };
}
