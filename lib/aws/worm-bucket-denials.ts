import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Retention } from '../policy';
import { checkRoleArn } from './role-arn';

/** Conditions of a statement. */
export type Conditions = Record<string, Record<string, string | string[]>>;

/** What the statements depend on. */
export interface WormBucketDenialsProps {
  readonly bucketArn: string;

  /** The account that the bucket is in: 12 digits, or a token. */
  readonly account: string;

  readonly retention: Retention;

  /** ARN of the role that alone may lengthen locks and lift legal holds. */
  readonly breakGlassRoleArn: string;
}

/** Writes what everyone is denied on the objects of a write-once bucket, however objects come into it. */
export class WormBucketDenials {
  private readonly butBreakGlass: Conditions;

  /** @throws role-arn-malformed */
  public constructor(private readonly props: WormBucketDenialsProps) {
    checkRoleArn(props.breakGlassRoleArn);
    this.butBreakGlass = { ArnNotEquals: { 'aws:PrincipalArn': props.breakGlassRoleArn } };
  }

  /** Denies actions on the objects below a prefix, on all of them by default. */
  public deny(sid: string, actions: string[], conditions: Conditions = {}, prefix = ''): PolicyStatement {
    return this.make(sid, { actions, conditions, resources: [this.objectsBelow(prefix)] });
  }

  /** Denies actions on all objects that are below none of some prefixes. */
  public denyBeside(sid: string, actions: string[], prefixes: readonly string[]): PolicyStatement {
    return this.make(sid, { actions, notResources: prefixes.map((prefix) => this.objectsBelow(prefix)) });
  }

  public objectsBelow(prefix: string): string {
    return `${this.props.bucketArn}/${prefix}*`;
  }

  /**
   * A delete marker is not locked: it hides an object and lets If-None-Match write its key again. A disposable log can be torn down by
   * principals of its account whose IAM policies allow it; every other log by nobody.
   */
  public deletion(): PolicyStatement {
    const { retention, account } = this.props;
    const actions = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'];
    const butTeardown = { StringNotEquals: { 'aws:PrincipalAccount': account } };
    return this.deny('DenyDelete', actions, retention.isDisposable ? butTeardown : {});
  }

  public acls(): PolicyStatement {
    return this.deny('DenyAcls', ['s3:PutObjectAcl', 's3:PutObjectVersionAcl']);
  }

  /** No floor here: an object near its end that gets some years more is left with less than a new one has. The lock refuses to shorten. */
  public retention(): PolicyStatement {
    return this.deny('DenyRetentionButByBreakGlass', ['s3:PutObjectRetention'], this.butBreakGlass);
  }

  public eventHold(creation: string): PolicyStatement {
    return this.deny('DenyEventHold', [creation, 's3:PutObjectRetention'], {
      StringEquals: { 's3:object-lock-event-hold': 'ON' },
    });
  }

  public legalHoldRemoval(): PolicyStatement {
    return this.deny('DenyLegalHoldRemovalButByBreakGlass', ['s3:PutObjectLegalHold'], {
      ...this.butBreakGlass,
      StringNotEquals: { 's3:object-lock-legal-hold': 'ON' },
    });
  }

  /** Whoever owns the key that an object is encrypted with can make it unreadable, locked or not. */
  public foreignKey(creation: string, ownKeyArn?: string): PolicyStatement {
    const given = 's3:x-amz-server-side-encryption-aws-kms-key-id';
    return this.deny('DenyForeignKey', [creation], {
      Null: { [given]: 'false' },
      ...(ownKeyArn !== undefined && { StringNotEquals: { [given]: ownKeyArn } }),
    });
  }

  public reencryption(): PolicyStatement {
    return this.deny('DenyReencryption', ['s3:UpdateObjectEncryption']);
  }

  private make(sid: string, what: object): PolicyStatement {
    return new PolicyStatement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], ...what });
  }
}
