import { Construct } from 'constructs';
import {
  Archive,
  BackendGroup,
  type CloudRunOptions,
  type IReadTarget,
  type IWriteTarget,
  ProviderVersion,
  ReadTarget,
  Seal,
  WriteTarget,
} from '../../lib/google';
import { fromEnv as ingestSettings } from '../../lib/services/ingest/config';
import { bigQueryFromEnv, fromEnv as queryReads } from '../../lib/services/query/config';
import { fromEnv as sealSettings } from '../../lib/services/seal/config';
import { fromEnv as viewSettings } from '../../lib/services/view/config';
import { codeOf } from '../policy/coded';
import { deployment, IMAGE } from './deployments';
import { all, type Body, document, firstRegion, only, policyOf, synthesized, UserStack } from './synthesized';

const JWT = { issuer: 'https://idp.example.com', jwksUrl: 'https://idp.example.com/jwks', audience: 'audit' };

function contextIn(stack: UserStack, changes: object = {}, place = {}) {
  const policy = policyOf(changes);
  const archive = new Archive(stack, 'Archive', { policy, region: firstRegion(policy), project: 'acme-logs' });
  return { archive, deployment: deployment(place) };
}

function bound(target: IWriteTarget | IReadTarget, changes: object = {}, place = {}) {
  const stack = new UserStack();
  target.bind(new Construct(stack, 'Target'), contextIn(stack, changes, place));
  return synthesized(stack);
}

function runOf(target: IWriteTarget | IReadTarget, changes: object = {}, place = {}): Body {
  return only(bound(target, changes, place), 'google_cloud_run_v2_service');
}

function environmentOf(service: Body): Record<string, string> {
  const { env } = service.template.containers[0];
  return Object.fromEntries(env.map(({ name, value }: Body) => [name, value]));
}

/** A setting as it will be when Terraform has put in names. */
function known(environment: Record<string, string>): Record<string, string> {
  const put = (text: string) => text.replace(/\$\{google_([a-z_]+)\.[^}]*\}/g, (_, type) => type.replace(/_/g, '-'));
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, put(value)]));
}

const sealed = (() => {
  const stack = new UserStack();
  new Seal(stack, 'Seal', contextIn(stack));
  return synthesized(stack);
})();

describe('containers', () => {
  test.each([
    ['appends', WriteTarget.cloudRun(), 'ingest', /Roles_Ingest/],
    ['searches', ReadTarget.cloudRun(), 'query', /Roles_Query/],
  ])('what %s is reached by load balancers and from inside, and runs as itself', (_, target, bundle, identity) => {
    expect(runOf(target)).toMatchObject({
      name: `acme-audit-${bundle}-europe-west3`,
      location: 'europe-west3',
      ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
      template: {
        service_account: expect.stringMatching(identity),
        containers: [{ image: IMAGE, command: ['node', `dist/bundles/${bundle}.js`], ports: { container_port: 8080 } }],
      },
    });
  });

  test('the processor stays on between requests', () => {
    expect(runOf(WriteTarget.cloudRun()).template.containers[0].resources).toEqual({
      limits: { cpu: '1', memory: '2048Mi' },
      cpu_idle: false,
    });
  });

  test.each<[string, CloudRunOptions, object]>([
    ['by default', {}, { min_instance_count: 2, max_instance_count: 10 }],
    ['as told', { minInstances: 1, maxInstances: 1 }, { min_instance_count: 1, max_instance_count: 1 }],
  ])('%s, so many run', (_, options, scaling) => {
    expect(runOf(WriteTarget.cloudRun(options)).template.scaling).toEqual(scaling);
  });

  test.each([{ minInstances: 0 }, { minInstances: 11 }, { minInstances: 1.5 }, { maxInstances: 1_001 }])(
    '%j is refused',
    (options) => {
      expect(codeOf(() => runOf(WriteTarget.cloudRun(options)))).toBe('instance-count-out-of-range');
    },
  );

  test('an image of the target is taken before that of the deployment', () => {
    const image = `${IMAGE.slice(0, -64)}${'1'.repeat(64)}`;
    expect(runOf(ReadTarget.cloudRun({ image })).template.containers[0].image).toBe(image);
  });

  test('no image is refused', () => {
    expect(codeOf(() => runOf(ReadTarget.cloudRun(), {}, { image: undefined }))).toBe('image-missing');
  });

  test('readiness is asked for where the provider knows it', () => {
    const place = { providerVersion: ProviderVersion.atLeast('8.5.0') };
    const json = bound(WriteTarget.cloudRun(), {}, place);
    const [container] = only(json, 'google_cloud_run_v2_service').template.containers;
    expect(container.readiness_probe.http_get).toEqual({ path: '/readyz' });
    expect(json.terraform.required_providers.google.version).toBe('>= 8.5.0, < 9.0.0');
    expect(runOf(WriteTarget.cloudRun()).template.containers[0].readiness_probe).toBeUndefined();
  });

  test('the address on run.app is taken away where the provider can', () => {
    const place = { providerVersion: ProviderVersion.atLeast('8.5.0') };
    expect(runOf(WriteTarget.cloudRun(), {}, place).default_uri_disabled).toBe(true);
    expect(runOf(WriteTarget.cloudRun()).default_uri_disabled).toBeUndefined();
  });

  test('the group has the name of its service, and is made before another goes', () => {
    const group = only(bound(WriteTarget.cloudRun()), 'google_compute_region_network_endpoint_group');
    expect(group).toMatchObject({
      region: 'europe-west3',
      network_endpoint_type: 'SERVERLESS',
      lifecycle: { create_before_destroy: true },
    });
    expect(group.cloud_run.service).toBe(group.name);
  });

  test('they start when what they are granted is there', () => {
    const { depends_on } = runOf(WriteTarget.cloudRun());
    expect(depends_on).toHaveLength(4);
    expect(depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^google_kms_crypto_key_iam_member\..*AdmissionKey_Sign/),
        expect.stringMatching(/^google_kms_crypto_key_iam_member\..*AdmissionKey_PublicKey/),
        expect.stringMatching(/^google_storage_bucket_iam_member\..*entries/),
        expect.stringMatching(/^google_storage_bucket_iam_member\..*shards/),
      ]),
    );
  });

  test('they have as long to start as Cloud Run gives: grants may take a while to hold', () => {
    const [container] = runOf(WriteTarget.cloudRun()).template.containers;
    expect(container.startup_probe).toEqual({
      http_get: { path: '/healthz' },
      period_seconds: 5,
      failure_threshold: 48,
    });
  });

  test('names are ones that Cloud Run takes, however long the log is called', () => {
    expect(runOf(WriteTarget.cloudRun(), { name: `a${'b'.repeat(62)}` }).name).toMatch(/^ab{30,39}-[0-9a-f]{8}$/);
  });
});

describe('settings', () => {
  test('what appends reads its own', () => {
    const settings = ingestSettings(known(environmentOf(runOf(WriteTarget.cloudRun()))));
    expect(settings).toMatchObject({
      origin: 'acme-audit/europe-west3',
      store: 'gs://storage-bucket',
      admissionKey: 'gcpkms:kms-crypto-key-version',
      listen: '0.0.0.0:8080',
      writerSource: 'gclb-mtls',
      paceMs: 250,
    });
  });

  test('what searches reads its own', () => {
    const settings = queryReads(known(environmentOf(runOf(ReadTarget.cloudRun()))));
    expect(settings).toMatchObject({
      origin: 'acme-audit/europe-west3',
      logVkey: 'gcpkms:kms-crypto-key-version',
      readerSource: 'gclb-mtls',
      cacheFolder: '/cache',
    });
  });

  test('tokens are verified by the service, with the trust of the policy', () => {
    const readers = { ...document.readers, authenticate: { jwt: JWT } };
    const settings = queryReads(known(environmentOf(runOf(ReadTarget.cloudRun(), { readers }))));
    expect(settings).toMatchObject({ readerSource: 'alb-jwt', tokenTrust: JWT });
  });

  test('what seals reads its own, with the lock that the policy promises', () => {
    const service = only(sealed, 'google_cloudfunctions2_function').service_config;
    expect(sealSettings(known(service.environment_variables))).toMatchObject({
      origin: 'acme-audit/europe-west3',
      logKey: 'gcpkms:kms-crypto-key-version',
      retention: { mode: 'governance', days: 30 },
    });
  });
});

describe('functions', () => {
  const json = bound(WriteTarget.cloudFunction());
  const appending = only(json, 'google_cloudfunctions2_function');

  test('what appends is built from this package', () => {
    expect(appending.build_config).toMatchObject({ runtime: 'nodejs22', entry_point: 'serve' });
    expect(only(json, 'google_storage_bucket_object')).toMatchObject({
      name: expect.stringMatching(/^[0-9A-F]{32}\.zip$/),
      source: expect.stringMatching(/^\.\/assets\/.*\/ingest-function\.zip$/),
    });
  });

  test('what appends is reached by load balancers and from inside, and runs as itself', () => {
    expect(appending.service_config).toMatchObject({
      ingress_settings: 'ALLOW_INTERNAL_AND_GCLB',
      service_account_email: expect.stringMatching(/Roles_Ingest/),
    });
    const group = only(json, 'google_compute_region_network_endpoint_group');
    expect(group.cloud_run.service).toMatch(/^\$\{google_cloudfunctions2_function\..*\.name\}$/);
  });

  test('what appends finds its settings', () => {
    const { environment_variables: environment } = appending.service_config;
    expect(ingestSettings(known(environment))).toMatchObject({ listen: '0.0.0.0:8080', writerSource: 'gclb-mtls' });
  });

  test('the sealer runs once at a time, every minute, and only its schedule may call it', () => {
    expect(only(sealed, 'google_cloudfunctions2_function').service_config).toMatchObject({
      ingress_settings: 'ALLOW_INTERNAL_ONLY',
      max_instance_count: 1,
      max_instance_request_concurrency: 1,
      service_account_email: expect.stringMatching(/Roles_Seal/),
    });
    const invoke = only(sealed, 'google_cloud_run_service_iam_member');
    expect(invoke).toMatchObject({ role: 'roles/run.invoker', member: expect.stringMatching(/Seal_Schedule/) });
    const job = only(sealed, 'google_cloud_scheduler_job');
    expect(job).toMatchObject({ schedule: '* * * * *', retry_config: { retry_count: 0 } });
    expect(job.http_target.oidc_token.service_account_email).toMatch(/Seal_Schedule/);
  });
});

describe('searches by BigQuery', () => {
  const json = bound(ReadTarget.cloudFunction());
  const searching = only(json, 'google_cloudfunctions2_function');
  const rollUp = only(json, 'google_cloud_run_v2_job');

  test('the function is built from this package', () => {
    expect(searching.build_config).toMatchObject({ runtime: 'nodejs22', entry_point: 'serve' });
    const [source] = all(json, 'google_storage_bucket_object');
    expect(source?.source).toMatch(/^\.\/assets\/.*\/query-function\.zip$/);
  });

  test('the function is reached by load balancers and from inside, and runs as what searches', () => {
    expect(searching.service_config).toMatchObject({
      ingress_settings: 'ALLOW_INTERNAL_AND_GCLB',
      service_account_email: expect.stringMatching(/Roles_Query/),
    });
    const group = only(json, 'google_compute_region_network_endpoint_group');
    expect(group.cloud_run.service).toMatch(/^\$\{google_cloudfunctions2_function\..*\.name\}$/);
  });

  test('the function finds its settings', () => {
    const environment = known(searching.service_config.environment_variables);
    expect(queryReads(environment)).toMatchObject({ listen: '0.0.0.0:8080', readerSource: 'gclb-mtls' });
    expect(bigQueryFromEnv(environment)).toEqual({
      project: 'acme-logs',
      location: 'europe-west3',
      table: 'acme-logs.bigquery-dataset.bigquery-table',
      scanLimitBytes: 100 * 1024 ** 3,
      viewStore: 'gs://storage-bucket',
    });
  });

  test('the view is filled by the image, as itself and within the hour', () => {
    expect(rollUp.location).toBe('europe-west3');
    expect(rollUp.template.template).toMatchObject({
      service_account: expect.stringMatching(/Roles_View/),
      timeout: '3300s',
      max_retries: 0,
      containers: [{ image: IMAGE, command: ['node', 'dist/bundles/view.js'] }],
    });
  });

  test('what fills the view finds its settings: the records and, apart from them, the files', () => {
    const { env } = rollUp.template.template.containers[0];
    const given = Object.fromEntries(env.map(({ name, value }: Body) => [name, value]));
    expect(given.AUDIT_STORE).toMatch(/Archive_Records/);
    expect(given.AUDIT_VIEW_STORE).toMatch(/Target_View_Bucket/);
    expect(viewSettings(known(given))).toMatchObject({ origin: 'acme-audit/europe-west3' });
  });

  test('it is filled every hour after shards are closed, and only its schedule may start that', () => {
    const schedule = only(json, 'google_cloud_scheduler_job');
    expect(schedule).toMatchObject({ schedule: '20 * * * *', time_zone: 'Etc/UTC', retry_config: { retry_count: 0 } });
    expect(schedule.http_target).toMatchObject({
      http_method: 'POST',
      uri: expect.stringMatching(
        /^https:\/\/run\.googleapis\.com\/v2\/projects\/acme-logs\/locations\/europe-west3\/jobs\/\$\{[^}]*\.name\}:run$/,
      ),
      oauth_token: { service_account_email: expect.stringMatching(/RollUp_Schedule/) },
    });
    expect(all(json, 'google_cloud_run_v2_job_iam_member')).toEqual([
      expect.objectContaining({ role: 'roles/run.invoker', member: expect.stringMatching(/RollUp_Schedule/) }),
    ]);
  });

  test('no image to fill it with is refused', () => {
    expect(codeOf(() => bound(ReadTarget.cloudFunction(), {}, { image: undefined }))).toBe('image-missing');
  });
});

describe('existing targets', () => {
  const groups = { 'europe-west3': BackendGroup.instances(['group'], 'check') };

  test('are taken as they are', () => {
    const stack = new UserStack();
    const group = WriteTarget.existing(groups).bind(stack, contextIn(stack));
    expect(group.groupIds).toEqual(['group']);
  });

  test('must be there in every region', () => {
    const regions = [{ name: 'us-east1', jurisdiction: 'US' }];
    expect(codeOf(() => bound(ReadTarget.existing(groups), { regions }))).toBe('target-missing');
  });
});
