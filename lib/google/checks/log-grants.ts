import { literalNameOf, plainNameOf } from './literal-name';
import type { Promised, Resource, Terraform } from './terraform';

/** By the beginning of a grant's type: what it is on, and in which attribute it says so. The end is one of `KINDS`. */
const GRANTS: Readonly<Record<string, readonly [on: string, attribute: string]>> = {
  google_storage_bucket: ['google_storage_bucket', 'bucket'],
  google_storage_managed_folder: ['google_storage_bucket', 'bucket'],
  google_kms_crypto_key: ['google_kms_crypto_key', 'crypto_key_id'],
  google_kms_key_ring: ['google_kms_key_ring', 'key_ring_id'],
  google_cloud_run_service: ['google_cloudfunctions2_function', 'service'],
  google_cloud_run_v2_service: ['google_cloudfunctions2_function', 'name'],
  google_cloudfunctions2_function: ['google_cloudfunctions2_function', 'cloud_function'],
  google_service_account: ['google_service_account', 'service_account_id'],
};

/** One member of a role, all members of a role, and all grants there are. */
const KINDS = ['member', 'binding', 'policy'];

const TYPES = Object.keys(GRANTS).flatMap((type) => KINDS.map((kind) => `${type}_iam_${kind}`));

const ACCOUNT = 'google_service_account';

/** Roles by which something is changed or started, and not only read. */
const ACTS = ['roles/storage.objectCreator', 'roles/cloudkms.signer', 'roles/run.invoker'];

/** A grant of this stack that somebody else made on what only the log grants. */
export interface ForeignGrant {
  readonly grant: Resource;
  readonly on: Resource;
}

/** The grants that a log made, in this stack and in those that it refers to, and what they are about. */
export class LogGrants {
  /** Service accounts that were granted something, with their names. */
  private readonly holders = new Map<Resource, string | undefined>();

  /** What only a log grants: what its grants are on, rings of such keys, and accounts that act. */
  private readonly guarded = new Map<Resource, string | undefined>();

  public constructor(private readonly terraform: Terraform) {
    for (const stack of terraform.withLinked) {
      for (const { resource, made } of stack.promised(...TYPES)) this.add(stack, resource.type, made);
    }
  }

  private add(stack: Terraform, type: string, made: Promised['made']): void {
    const on = stack.target(made[attributeOf(type)]);
    const holder = stack.target(made.member);
    const actor = ACTS.includes(String(made.role)) ? holder : undefined;
    for (const each of [on, stack.target(on?.body.key_ring), actor]) {
      if (each !== undefined) this.guarded.set(each, literalNameOf(stack, each));
    }
    if (holder !== undefined) this.holders.set(holder, literalNameOf(stack, holder));
  }

  /** Those that the log made in this stack. */
  public get own(): Promised[] {
    return this.terraform.promised(...TYPES);
  }

  public get foreign(): ForeignGrant[] {
    const own = this.own.map(({ resource }) => resource);
    const others = this.terraform.of(...TYPES).filter((grant) => !own.includes(grant));
    return others.flatMap((grant) => {
      const on = this.find(this.guarded, onOf(grant.type), grant.body[attributeOf(grant.type)]);
      return on === undefined ? [] : [{ grant, on }];
    });
  }

  /** The service account of the log that a text such as `serviceAccount:…` or an address means. */
  public holder(text: unknown): Resource | undefined {
    return this.find(this.holders, ACCOUNT, text);
  }

  private find(among: Map<Resource, string | undefined>, type: string, text: unknown): Resource | undefined {
    const plain = plainNameOf(text);
    const target = this.terraform.target(plain);
    if (target !== undefined) return among.has(target) ? target : undefined;
    return [...among.keys()].find((each) => {
      const name = among.get(each);
      return each.type === type && name !== undefined && `/${plain}`.endsWith(`/${name}`);
    });
  }
}

/** The attribute in which a grant says what it is on. */
export function attributeOf(type: string): string {
  return GRANTS[beginningOf(type)]?.[1] ?? '';
}

function onOf(type: string): string {
  return GRANTS[beginningOf(type)]?.[0] ?? '';
}

function beginningOf(type: string): string {
  return type.replace(/_iam_[a-z]+$/, '');
}
