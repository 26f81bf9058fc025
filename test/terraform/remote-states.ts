import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a stack says that matters to stacks that read its outputs. */
interface StackConfig {
  readonly data?: { readonly terraform_remote_state?: Readonly<Record<string, RemoteState>> };
  readonly output?: Readonly<Record<string, unknown>>;
  readonly terraform: { readonly backend?: { readonly local?: { readonly path: string } } };
}

interface RemoteState {
  readonly config: { readonly path: string };
}

/**
 * Gives the states of other stacks, which nobody has applied, to the copy of a stack that reads them: every output that the other stack has, with a text for its
 * value.
 *
 * @param stack folder of the stack, beside those of the others
 * @param folder of the copy
 */
export async function giveRemoteStates(stack: string, folder: string): Promise<void> {
  const { data } = await read(stack);
  const states = Object.entries(data?.terraform_remote_state ?? {});
  const overrides: Record<string, RemoteState> = {};
  for (const [name, { config }] of states) {
    const path = join(folder, `${name}.tfstate`);
    await writeFile(path, stateWith(Object.keys((await stackAt(dirname(stack), config.path)).output ?? {})));
    overrides[name] = { config: { path } };
  }
  if (states.length === 0) return;
  const override = { data: { terraform_remote_state: overrides } };
  await writeFile(join(folder, 'remote_state_override.tf.json'), JSON.stringify(override));
}

async function stackAt(stacks: string, statePath: string): Promise<StackConfig> {
  for (const name of await readdir(stacks)) {
    const config = await read(join(stacks, name));
    if (config.terraform.backend?.local?.path === statePath) return config;
  }
  throw new Error(`no stack of the app keeps its state at ${statePath}`);
}

async function read(stack: string): Promise<StackConfig> {
  return JSON.parse(await readFile(join(stack, 'cdk.tf.json'), 'utf8')) as StackConfig;
}

/** https://developer.hashicorp.com/terraform/internals/v1-compatibility-promises: version 4 of the format. */
function stateWith(outputs: readonly string[]): string {
  const values = outputs.map((name) => [name, { value: 'known-after-apply', type: 'string' }]);
  return JSON.stringify({
    version: 4,
    terraform_version: '1.5.0',
    serial: 1,
    lineage: 'test',
    outputs: Object.fromEntries(values),
    resources: [],
  });
}
