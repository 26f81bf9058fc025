import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  Effect,
  type IRole,
  PolicyDocument,
  PolicyStatement,
  type PolicyStatementProps,
} from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Retention } from '../policy';
import { checkRoleArn } from './role-arn';

/** The parts of a signing key. */
export interface SigningKeyProps {
  /** What the key signs, for the console: up to 8,192 characters. */
  readonly description: string;

  /** The only role that may sign. */
  readonly signer: IRole;

  /** How long what it signs is kept: the key of a disposable log may be deleted with its stack. */
  readonly retention: Retention;

  /** ARN of the role that alone may disable or delete the key. */
  readonly breakGlassRoleArn: string;
}

/**
 * An Ed25519 key in KMS that exactly one role signs with.
 *
 * Its policy lets the account's IAM policies administer the key, but never sign with it, and denies signing and grants to everyone else,
 * administrators and the account's root user included. An administrator can still write another key policy, which only a service control
 * policy of the organisation can forbid.
 *
 * KMS does not rotate asymmetric keys, and no construct does: another key is another log.
 */
export class SigningKey extends Construct {
  /** The key itself, to refer to. */
  public readonly key: Key;

  /**
   * What the key's policy denies.
   *
   * @internal
   */
  public readonly _denials: PolicyStatement[];

  /** @throws role-arn-malformed */
  public constructor(scope: Construct, id: string, props: SigningKeyProps) {
    super(scope, id);
    checkRoleArn(props.breakGlassRoleArn);
    const { isDisposable } = props.retention;
    this._denials = this.denials(props);
    this.key = new Key(this, 'Key', {
      description: props.description,
      keySpec: KeySpec.ECC_NIST_EDWARDS25519,
      keyUsage: KeyUsage.SIGN_VERIFY,
      policy: new PolicyDocument({
        statements: [administration(), signing(props.signer), ...this._denials],
      }),
      removalPolicy: isDisposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      pendingWindow: Duration.days(isDisposable ? 7 : 30),
    });
    this.grantPublicKey(props.signer);
  }

  /**
   * Lets a role of this account fetch the public key.
   *
   * @param role whoever verifies, or publishes the key
   */
  public grantPublicKey(role: IRole): void {
    this.key.addToResourcePolicy(
      statement({ actions: ['kms:GetPublicKey'], principals: [new ArnPrincipal(role.roleArn)] }),
    );
  }

  private denials(props: SigningKeyProps): PolicyStatement[] {
    const deny = (sid: string, actions: string[], conditions?: PolicyStatementProps['conditions']) =>
      statement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], actions, conditions });
    const but = (arn: string) => ({ ArnNotEquals: { 'aws:PrincipalArn': arn } });
    const { account } = Stack.of(this);
    return [
      deny('DenySigningByOthers', ['kms:Sign'], but(props.signer.roleArn)),
      // A grant would hand signing on, past the IAM policies of whoever receives it.
      deny('DenyGrants', ['kms:CreateGrant']),
      deny(
        'DenyDestruction',
        ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
        props.retention.isDisposable
          ? { StringNotEquals: { 'aws:PrincipalAccount': account } }
          : but(props.breakGlassRoleArn),
      ),
    ];
  }
}

/** Every action on a key that has nothing to do with what it signs. Without it, nobody could ever change the key again. */
function administration(): PolicyStatement {
  return statement({
    sid: 'AllowAdministration',
    principals: [new AccountRootPrincipal()],
    actions: [
      'kms:CancelKeyDeletion',
      'kms:CreateAlias',
      'kms:DeleteAlias',
      'kms:DescribeKey',
      'kms:DisableKey',
      'kms:EnableKey',
      'kms:GetKeyPolicy',
      'kms:GetKeyRotationStatus',
      'kms:GetPublicKey',
      'kms:ListGrants',
      'kms:ListKeyPolicies',
      'kms:ListResourceTags',
      'kms:PutKeyPolicy',
      'kms:RevokeGrant',
      'kms:ScheduleKeyDeletion',
      'kms:TagResource',
      'kms:UntagResource',
      'kms:UpdateAlias',
      'kms:UpdateKeyDescription',
    ],
  });
}

/** Signing as RFC 8032 says (PureEdDSA), which is what signed notes carry; the key could also sign digests (Ed25519ph). */
function signing(signer: IRole): PolicyStatement {
  return statement({
    sid: 'AllowSigning',
    principals: [new ArnPrincipal(signer.roleArn)],
    actions: ['kms:Sign'],
    conditions: { StringEquals: { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' } },
  });
}

/** In a key policy, `*` is the key itself. */
function statement(props: PolicyStatementProps): PolicyStatement {
  return new PolicyStatement({ ...props, resources: ['*'] });
}
