import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Bindings } from './bindings';
import { giveRemoteStates } from './remote-states';
import { SchemaOnlyProvider } from './schema-only-provider';

/** Where the generated code of the provider lies. */
export const GENERATED = dirname(dirname(require.resolve('@cdktf/provider-google/lib/provider')));

/** What CDKTF writes where nobody asks for another version. */
const BINDINGS_VERSION = '6.50.0';

/** What Terraform's core made of a configuration. */
export interface Plan {
  /** `<summary>: <detail>` of each error, of the first step that failed. */
  readonly errors: readonly string[];
  /** Addresses of the resources that would be made, sorted. */
  readonly created: readonly string[];
}

/**
 * Runs `terraform init`, `validate` and `plan` over one synthesized stack, with `SchemaOnlyProvider` in place of Google's. Nothing is downloaded, no backend
 * is asked, nothing is left behind.
 *
 * @param stack the folder with the stack's `cdk.tf.json`
 */
export async function plan(stack: string): Promise<Plan> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-'));
  const config = JSON.parse(await readFile(join(stack, 'cdk.tf.json'), 'utf8')) as Config;
  const provider = await SchemaOnlyProvider.start(...typesOf(config));
  const terraform = (...args: string[]) => run(folder, provider.reattach, args);
  try {
    await cp(stack, folder, { recursive: true });
    // Whatever backend the stack has, its state is not ours to touch.
    await writeFile(join(folder, 'backend_override.tf.json'), '{"terraform":{"backend":{"local":{}}}}');
    await writeFile(join(folder, 'none.tfrc'), '');
    await giveRemoteStates(stack, folder);
    const init = await terraform('init', '-input=false', '-no-color');
    if (init.status !== 0) return { errors: [init.stderr], created: [] };
    const validate = await terraform('validate', '-json');
    const errors = errorsOf((JSON.parse(validate.stdout) as { diagnostics: Diagnostic[] }).diagnostics);
    if (errors.length > 0) return { errors, created: [] };
    return toPlan((await terraform('plan', '-input=false', '-lock=false', '-json')).stdout);
  } finally {
    provider.close();
    await rm(folder, { recursive: true });
  }
}

interface Config {
  readonly terraform: { readonly required_providers: { readonly google: { readonly version: string } } };
  readonly resource?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
}

interface PlanMessage {
  readonly type: string;
  readonly diagnostic?: Diagnostic;
  readonly change?: { readonly action: string; readonly resource: { readonly addr: string } };
}

/** A type that is not in the bindings is left to Terraform to complain about. */
function typesOf(config: Config): Parameters<typeof SchemaOnlyProvider.start> {
  const bindings = new Bindings(GENERATED);
  const known = (kind: 'resource' | 'data') =>
    Object.keys(config[kind] ?? {}).filter((type) => type.startsWith('google_') && bindings.has(kind, type));
  const isLater = config.terraform.required_providers.google.version !== BINDINGS_VERSION;
  return [bindings, { resources: known('resource'), dataSources: known('data'), isLater }];
}

function toPlan(stdout: string): Plan {
  const messages = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as PlanMessage]));
  const changes = messages.flatMap(({ type, change }) => (type === 'planned_change' && change ? [change] : []));
  return {
    errors: errorsOf(messages.flatMap(({ diagnostic }) => diagnostic ?? [])),
    created: changes.flatMap(({ action, resource }) => (action === 'create' ? [resource.addr] : [])).sort(),
  };
}

function errorsOf(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ summary, detail }) => `${summary}: ${detail}`);
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(folder: string, reattach: string, args: readonly string[]): Promise<Ended> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: join(folder, 'none.tfrc'),
    TF_IN_AUTOMATION: '1',
    TF_REATTACH_PROVIDERS: reattach,
  };
  return new Promise((resolve, reject) => {
    const child = spawn('terraform', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr]: Buffer[][] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout!.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr!.push(chunk));
    child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? MISSING() : error));
    child.once('close', (status) =>
      resolve({ status, stdout: Buffer.concat(stdout!).toString(), stderr: Buffer.concat(stderr!).toString() }),
    );
  });
}

const MISSING = () =>
  new Error(
    'there is no `terraform` in the PATH, and this suite is of no use without it: install version 1.5 or newer ' +
      '(https://developer.hashicorp.com/terraform/install, one binary; no registry is asked afterwards)',
  );
