import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ImmutableAuditLog,
  type ImmutableAuditLogProps,
  ProviderVersion,
  ReadTarget,
  WriteTarget,
} from '../../lib/google';
import { deployment } from './deployments';
import { policyOf, synthesized, UserStack } from './synthesized';

const OPERATIONS = readFileSync(join(__dirname, '../../lib/google/OPERATIONS.md'), 'utf8');

/** Which API a resource is made by; the longest beginning counts. */
const APIS: Readonly<Record<string, readonly string[]>> = {
  google_artifact_registry_: ['artifactregistry'],
  google_bigquery_: ['bigquery'],
  google_bigquery_connection: ['bigqueryconnection'],
  google_certificate_manager_: ['certificatemanager'],
  google_cloud_run_: ['run'],
  google_cloud_scheduler_: ['cloudscheduler'],
  // Which run on Cloud Run, and are built, with logs of the build.
  google_cloudfunctions2_: ['cloudfunctions', 'run', 'cloudbuild', 'artifactregistry', 'logging'],
  google_compute_: ['compute'],
  google_dns_: ['dns'],
  google_kms_: ['cloudkms'],
  google_logging_: ['logging'],
  google_network_security_: ['networksecurity'],
  google_project_iam_: ['cloudresourcemanager'],
  google_service_account: ['iam'],
  google_storage_: ['storage'],
};

function apisOf(type: string): readonly string[] {
  const [longest] = Object.keys(APIS)
    .filter((beginning) => type.startsWith(beginning))
    .sort((one, other) => other.length - one.length);
  if (longest === undefined) throw new Error(`nothing says which API makes ${type}`);
  return APIS[longest] ?? [];
}

/** What logs of these kinds need together. */
function needed(...kinds: Partial<ImmutableAuditLogProps>[]): string[] {
  const types = kinds.flatMap((more) => {
    const stack = new UserStack();
    const place = deployment({ providerVersion: ProviderVersion.atLeast('8.5.0') });
    new ImmutableAuditLog(stack, 'AuditLog', { policy: policyOf(), deployment: place, ...more });
    const { resource, data = {} } = synthesized(stack);
    return [...Object.keys(resource), ...Object.keys(data)];
  });
  return [...new Set(types.flatMap(apisOf))].sort();
}

/** The names in the sentence that says which APIs to enable, before and behind what is about BigQuery. */
function enabled(): string[][] {
  const [sentence = ''] = /^Enable the APIs [\s\S]*?\.$/m.exec(OPERATIONS) ?? [];
  return sentence.split('; with').map((part) => [...part.matchAll(/`([a-z]+)`/g)].map(([, name]) => name as string));
}

const atHome = { jurisdiction: { EU: ['DE'] } };
const RESIDENT = { policy: policyOf({ traffic: { writes: atHome, reads: atHome } }) };

test('whoever follows the operations has enabled the APIs of every resource that a log may have', () => {
  const [always] = enabled();
  expect(always).toEqual(needed({}, { writeTarget: WriteTarget.cloudRun() }, RESIDENT));
});

test('what only BigQuery needs is said apart', () => {
  const [always = [], beside] = enabled();
  const all = needed({ readTarget: ReadTarget.cloudFunction() });
  expect(beside).toEqual(all.filter((name) => !always.includes(name)));
});
