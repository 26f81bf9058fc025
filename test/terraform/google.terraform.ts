import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateManagerDnsAuthorization } from '@cdktf/provider-google/lib/certificate-manager-dns-authorization';
import { ComputeRegionBackendService } from '@cdktf/provider-google/lib/compute-region-backend-service';
import { ComputeUrlMap } from '@cdktf/provider-google/lib/compute-url-map';
import { DataGoogleStorageProjectServiceAccount } from '@cdktf/provider-google/lib/data-google-storage-project-service-account';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import {
  StorageBucket,
  type StorageBucketConfig,
  type StorageBucketRetentionPolicy,
} from '@cdktf/provider-google/lib/storage-bucket';
import { App, GcsBackend, TerraformStack } from 'cdktf';
import {
  FrontDoor,
  GoogleDeployment,
  ImmutableAuditLog,
  type ImmutableAuditLogProps,
  ReadTarget,
  WriteTarget,
} from '../../lib/google';
import { AuditLogPolicy, Traffic } from '../../lib/policy';
import { Bindings } from './bindings';
import { GENERATED, plan } from './terraform';

const EXAMPLES = join(__dirname, '../../examples');

jest.setTimeout(60_000);

let outdir: string;
beforeEach(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'synthesized-'));
});
afterEach(() => rm(outdir, { recursive: true }));

/** Synthesizes a stack with a provider and plans it. */
function planOf(build: (stack: TerraformStack) => void) {
  const app = new App({ outdir, skipValidation: true });
  const stack = new TerraformStack(app, 'stack');
  new GoogleProvider(stack, 'google', { project: 'acme' });
  build(stack);
  app.synth();
  return plan(join(outdir, 'stacks', 'stack'));
}

function bucket(stack: TerraformStack): StorageBucket {
  return new StorageBucket(stack, 'bucket', {
    name: 'audit',
    location: 'EU',
    retentionPolicy: { retentionPeriod: 86_400 },
    lifecycleRule: [{ action: { type: 'Delete' }, condition: { age: 1 } }],
  });
}

describe('a stack without mistakes', () => {
  it('is planned: blocks, references, computed lists and data sources', async () => {
    const planned = await planOf((stack) => {
      bucket(stack);
      const authorization = new CertificateManagerDnsAuthorization(stack, 'authorization', {
        name: 'audit',
        domain: 'audit.example.com',
      });
      const record = authorization.dnsResourceRecord.get(0);
      new DnsRecordSet(stack, 'record', {
        managedZone: 'zone',
        name: record.name,
        type: record.type,
        rrdatas: [record.data],
      });
      const ring = new KmsKeyRing(stack, 'ring', { name: 'audit', location: 'europe-west3' });
      const key = new KmsCryptoKey(stack, 'key', { name: 'audit', keyRing: ring.id });
      const account = new DataGoogleStorageProjectServiceAccount(stack, 'account', {});
      new KmsCryptoKeyIamMember(stack, 'member', {
        cryptoKeyId: key.id,
        role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
        member: account.member,
      });
    });
    expect(planned).toEqual({
      errors: [],
      created: [
        'google_certificate_manager_dns_authorization.authorization',
        'google_dns_record_set.record',
        'google_kms_crypto_key.key',
        'google_kms_crypto_key_iam_member.member',
        'google_kms_key_ring.ring',
        'google_storage_bucket.bucket',
      ],
    });
  });

  it('is planned with the deepest of all resources', async () => {
    const planned = await planOf((stack) => {
      new ComputeUrlMap(stack, 'map', {
        name: 'audit',
        defaultService: 'read',
        hostRule: [{ hosts: ['ingest.example.com'], pathMatcher: 'ingest' }],
        pathMatcher: [
          {
            name: 'ingest',
            defaultService: 'read',
            routeRules: [
              {
                priority: 1,
                service: 'write',
                matchRules: [
                  { prefixMatch: '/v1/events', headerMatches: [{ headerName: ':method', exactMatch: 'POST' }] },
                ],
              },
            ],
          },
        ],
      });
    });
    expect(planned).toEqual({ errors: [], created: ['google_compute_url_map.map'] });
  });

  it('is planned whatever backend it has', async () => {
    const planned = await planOf((stack) => {
      bucket(stack);
      new GcsBackend(stack, { bucket: 'state' });
    });
    expect(planned.errors).toEqual([]);
  });

  it('is planned with a later version of the provider, and what it has', async () => {
    const planned = await planOf((stack) => {
      const group = { name: 'audit', region: 'europe-west3' };
      new ComputeRegionBackendService(stack, 'service', group).addOverride('security_policy', 'firewall');
      stack.addOverride('terraform.required_providers.google.version', '>= 6.50, < 9');
    });
    expect(planned.errors).toEqual([]);
  });
});

describe('an example', () => {
  const examples = readdirSync(EXAMPLES).filter((name) => /^google-.*\.ts$/.test(name));

  it('is there to be planned', () => {
    expect(examples).toContain('google-minimal.ts');
  });

  it.each(examples)('is planned, each of its stacks: %s', async (name) => {
    process.env.CDKTF_OUTDIR = outdir;
    try {
      jest.isolateModules(() => require(join(EXAMPLES, name)));
    } finally {
      delete process.env.CDKTF_OUTDIR;
    }
    for (const stack of readdirSync(join(outdir, 'stacks'))) {
      const { errors, created } = await plan(join(outdir, 'stacks', stack));
      expect([stack, errors]).toEqual([stack, []]);
      expect(created.length).toBeGreaterThan(0);
    }
  });
});

describe('a log', () => {
  const policyOf = (file: string, changes: object = {}) => {
    const document = JSON.parse(readFileSync(join(EXAMPLES, 'policies', file), 'utf8'));
    return AuditLogPolicy.parse(JSON.stringify({ ...document, ...changes }));
  };
  const resident = policyOf('google-jurisdictions.json');

  it.each<[string, AuditLogPolicy, Partial<ImmutableAuditLogProps>]>([
    ['beside another cloud', policyOf('aws-and-google.json'), {}],
    [
      'searched by BigQuery',
      policyOf('aws-and-google.json', { traffic: { writes: 'latency', reads: 'latency' } }),
      { readTarget: ReadTarget.cloudFunction(), writeTarget: WriteTarget.cloudRun() },
    ],
    [
      'with one front door for both paths',
      policyOf('aws-and-google.json', {
        readers: { allow: 'internet', authenticate: { mutualTls: {} }, rateLimit: { requests: 10, perSeconds: 600 } },
        writers: { allow: 'internet', authenticate: { mutualTls: {} }, rateLimit: { requests: 10, perSeconds: 600 } },
      }),
      { frontDoor: FrontDoor.shared() },
    ],
    [
      'with one front door for both paths, in its jurisdictions',
      AuditLogPolicy.of({ ...partsOf(resident), readers: resident.writers }),
      { frontDoor: FrontDoor.shared() },
    ],
  ])('%s is planned', async (_, policy, parts) => {
    const planned = await planOf((stack) => {
      new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment: GoogleDeployment.example(policy), ...parts });
    });
    expect(planned.errors).toEqual([]);
    expect(planned.created.length).toBeGreaterThan(50);
  });
});

/** The parts of a policy, with readers led as writers are. */
function partsOf({ name, retention, writers, regions, traffic }: AuditLogPolicy) {
  return { name, retention, writers, regions, traffic: Traffic.of({ writes: traffic.writes, reads: traffic.writes }) };
}

describe('a mistake is caught', () => {
  it.each<[string, (stack: TerraformStack) => void, RegExp]>([
    ['a misspelt attribute', (stack) => bucket(stack).addOverride('force_destory', true), /force_destory/],
    [
      'a misspelt attribute of a block',
      (stack) => bucket(stack).addOverride('retention_policy.is_lokced', true),
      /is_lokced/,
    ],
    [
      'an attribute that only later versions have',
      (stack) => {
        const group = { name: 'audit', region: 'europe-west3' };
        new ComputeRegionBackendService(stack, 'service', group).addOverride('security_policy', 'firewall');
      },
      /security_policy/,
    ],
    [
      'an output that another stack does not have',
      (stack) => {
        const other = new TerraformStack(stack.node.root, 'other');
        new GoogleProvider(other, 'google', { project: 'acme' });
        bucket(stack).addOverride('project', bucket(other).project);
        other.addOverride('output', null);
      },
      /output/,
    ],
    [
      'a reference to a resource that is not there',
      (stack) => bucket(stack).addOverride('project', `\${google_project.absent.project_id}`),
      /undeclared resource/,
    ],
    [
      'a reference to an attribute that is not there',
      (stack) => {
        const { fqn } = bucket(stack);
        new KmsKeyRing(stack, 'ring', { name: `\${${fqn}.nmae}`, location: 'EU' });
      },
      /nmae/,
    ],
    [
      'a dependency on a resource that is not there',
      (stack) => bucket(stack).addOverride('depends_on', ['google_project.absent']),
      /undeclared resource/,
    ],
    [
      'a missing attribute',
      (stack) => new StorageBucket(stack, 'bucket', { name: 'audit' } as StorageBucketConfig),
      /"location" is required/,
    ],
    [
      'a missing attribute of a block',
      (stack) => {
        const retentionPolicy = { isLocked: true } as StorageBucketRetentionPolicy;
        new StorageBucket(stack, 'bucket', { name: 'audit', location: 'EU', retentionPolicy });
      },
      /"retention_period" is required/,
    ],
    [
      'a missing block',
      (stack) => bucket(stack).addOverride('lifecycle_rule', [{ action: [{ type: 'Delete' }] }]),
      /condition/,
    ],
    [
      'a number that is none',
      (stack) => bucket(stack).addOverride('retention_policy.retention_period', '7 years'),
      /number/,
    ],
    ['a list that is none', (stack) => bucket(stack).addOverride('name', ['audit']), /string/],
    [
      'two blocks where one may be',
      (stack) => bucket(stack).addOverride('retention_policy', [{ retention_period: 1 }, { retention_period: 2 }]),
      /retention_policy/,
    ],
    [
      'a cycle',
      (stack) => {
        const one = new KmsKeyRing(stack, 'one', { name: 'one', location: 'EU' });
        const two = new KmsKeyRing(stack, 'two', { name: one.id, location: 'EU' });
        one.addOverride('name', two.id);
      },
      /Cycle/,
    ],
    [
      'a resource type that is not there',
      (stack) => stack.addOverride('resource.google_storage_buckett', { a: { name: 'a' } }),
      /google_storage_buckett/,
    ],
    ['an unknown function', (stack) => bucket(stack).addOverride('name', `\${lowercase("A")}`), /lowercase/],
  ])('%s', async (_, build, message) => {
    const { errors, created } = await planOf(build);
    expect(errors.join('\n')).toMatch(message);
    expect(created).toEqual([]);
  });
});

it('knows the schema of every type there is', () => {
  const folders = readdirSync(GENERATED, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const bindings = new Bindings(GENERATED);
  expect(folders.length).toBeGreaterThan(1_000);
  for (const { name } of folders) expect(() => bindings.resource(name)).not.toThrow();
});

it('says how to install terraform where there is none', async () => {
  const path = process.env.PATH;
  process.env.PATH = outdir;
  try {
    await expect(planOf(bucket)).rejects.toThrow('https://developer.hashicorp.com/terraform/install');
  } finally {
    process.env.PATH = path;
  }
});
