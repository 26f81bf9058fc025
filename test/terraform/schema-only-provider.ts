import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { decode, ExtData, ExtensionCodec, encode } from '@msgpack/msgpack';
import type { Bindings } from './bindings';
import { type Block, type BlockValue, example, fill } from './block';
import { inLaterVersions } from './later-versions';

/** What a configuration uses of the provider; the schema of 1,300 types would take long to send. */
export interface UsedTypes {
  readonly resources: readonly string[];
  readonly dataSources: readonly string[];
  /** Whether it asks for a later version than that of the bindings. */
  readonly isLater: boolean;
}

/** A value that is known after apply: MessagePack's extension type 0, or 12 with what is known about it nevertheless. */
const UNKNOWN = new ExtData(0, new Uint8Array([0]));
const AS_THEY_CAME = new ExtensionCodec();
for (const type of [0, 12]) {
  AS_THEY_CAME.register({ type, encode: () => null, decode: (data) => new ExtData(type, data) });
}

const LARGEST_MESSAGE = 64 * 1024 * 1024;

/**
 * Stands in for Google's provider where Terraform's core asks for it: it has the provider's schema, says yes to every value, plans what is
 * configured and makes nothing. All that is checked is therefore checked by Terraform itself.
 */
export class SchemaOnlyProvider {
  public static async start(bindings: Bindings, used: UsedTypes): Promise<SchemaOnlyProvider> {
    const provider = new SchemaOnlyProvider(bindings, used);
    const port = await promisify(provider.server.bindAsync.bind(provider.server))(
      '127.0.0.1:0',
      ServerCredentials.createInsecure(),
    );
    return Object.assign(provider, { port });
  }

  private readonly port: number = 0;
  private readonly server = new Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE,
    'grpc.max_send_message_length': LARGEST_MESSAGE,
  });

  private constructor(bindings: Bindings, used: UsedTypes) {
    const resources = read(used.resources, (type) => {
      const block = bindings.resource(type);
      return used.isLater ? inLaterVersions(type, block) : block;
    });
    const dataSources = read(used.dataSources, (type) => bindings.dataSource(type));
    const schemas = {
      provider: toSchema(bindings.provider()),
      resource_schemas: mapValues(resources, toSchema),
      data_source_schemas: mapValues(dataSources, toSchema),
    };
    this.server.addService(protocol().service, {
      GetSchema: unary(() => schemas),
      PrepareProviderConfig: unary(({ config }) => ({ prepared_config: config })),
      Configure: unary(() => ({})),
      ValidateResourceTypeConfig: unary(() => ({})),
      ValidateDataSourceConfig: unary(() => ({})),
      PlanResourceChange: unary(({ type_name, proposed_new_state }) => ({
        planned_state: transform(proposed_new_state, (value) => fill(resources[type_name]!, value, () => UNKNOWN)),
        // What is computed and what is merely optional cannot be told apart: core must not hold the plan to it.
        legacy_type_system: true,
      })),
      ReadDataSource: unary(({ type_name, config }) => ({
        state: transform(config, (value) => fill(dataSources[type_name]!, value, example)),
      })),
      Stop: unary(() => ({})),
    });
  }

  /**
   * What to put into TF_REATTACH_PROVIDERS.
   * https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode
   */
  public get reattach(): string {
    const attached = {
      Protocol: 'grpc',
      ProtocolVersion: 5,
      Pid: process.pid,
      Test: true,
      Addr: { Network: 'tcp', String: `127.0.0.1:${this.port}` },
    };
    return JSON.stringify({
      'registry.terraform.io/hashicorp/google': attached,
      'registry.terraform.io/hashicorp/google-beta': attached,
    });
  }

  public close(): void {
    this.server.forceShutdown();
  }
}

function protocol(): ServiceClientConstructor {
  const definition = loadSync(join(__dirname, 'tfplugin5.proto'), { keepCase: true, longs: Number, defaults: true });
  const { tfplugin5 } = loadPackageDefinition(definition) as unknown as Record<
    string,
    Record<string, ServiceClientConstructor>
  >;
  return tfplugin5!.Provider!;
}

interface Value {
  readonly msgpack: Uint8Array;
}

interface Request {
  readonly type_name: string;
  readonly config: Value;
  readonly proposed_new_state: Value;
}

type Answer = (error: Error | null, answer?: object) => void;

function unary(answer: (request: Request) => object) {
  return ({ request }: { request: Request }, callback: Answer): void => {
    try {
      callback(null, answer(request));
    } catch (error) {
      callback(error as Error);
    }
  };
}

/** `null` stands for a resource that is to be destroyed. */
function transform({ msgpack }: Value, change: (value: BlockValue) => BlockValue): Value {
  const value = decode(msgpack, { extensionCodec: AS_THEY_CAME }) as BlockValue | null;
  return { msgpack: encode(value === null ? null : change(value)) };
}

function toSchema(block: Block): object {
  return { version: 0, block: toMessage(block) };
}

function toMessage({ attributes, blocks }: Block): object {
  return {
    attributes: attributes.map((attribute) => ({ ...attribute, type: Buffer.from(JSON.stringify(attribute.type)) })),
    block_types: blocks.map(({ typeName, block, nesting, minItems, maxItems }) => ({
      type_name: typeName,
      block: toMessage(block),
      nesting,
      min_items: minItems,
      max_items: maxItems,
    })),
  };
}

function read(types: readonly string[], block: (type: string) => Block): Record<string, Block> {
  return Object.fromEntries(types.map((type) => [type, block(type)]));
}

function mapValues<From, To>(values: Record<string, From>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}
