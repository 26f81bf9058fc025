// One policy, two clouds. AWS has one region, and the names that lead clients to both; Google Cloud has the other, behind fixed addresses that the
// deployment on AWS lists. Deploy Google Cloud first: the addresses are outputs there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import * as cdk from 'aws-cdk-lib';
import * as cdktf from 'cdktf';
import * as aws from 'immutable-audit-log/aws';
import * as google from 'immutable-audit-log/google';
import { AuditLogPolicy, Deployment } from 'immutable-audit-log/policy';

const document = join(process.cwd(), 'examples/policies/aws-and-google.json');
const policy = AuditLogPolicy.parse(readFileSync(document, 'utf8'));

// Placeholders on both sides: `Deployment.parse` and `GoogleDeployment.parse` read your own documents.
const onGoogle = new cdktf.App();
const stack = new cdktf.TerraformStack(onGoogle, policy.name);
new GoogleProvider(stack, 'google', { project: 'example-audit' });
new google.ImmutableAuditLog(stack, 'AuditLog', { policy, deployment: google.GoogleDeployment.example(policy) });
onGoogle.synth();

const onAws = new cdk.App();
cdk.Validations.of(onAws).addPlugins(new aws.AuditLogChecks());
new aws.MultiRegionAuditLog(onAws, policy.name, { policy, deployment: Deployment.example(policy) });
onAws.synth();
