import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attribute, Block, NestedBlock, ValueType } from './block';

/**
 * Reads the schema of Google's provider out of the code that was generated from it, `@cdktf/provider-google`: which attributes and blocks there are,
 * of which types, how many, which of them are required and which computed. Of attributes that one may set it does not tell which are computed
 * as well: all optional ones are taken for it. Allowed values and conflicts between attributes are not in that code.
 */
export class Bindings {
  public constructor(private readonly folder: string) {}

  public provider(): Block {
    return this.read('provider');
  }

  /** @param type such as `google_storage_bucket` */
  public resource(type: string): Block {
    return this.read(folderName(type));
  }

  /** @param type such as `google_project` */
  public dataSource(type: string): Block {
    return this.read(`data-google-${folderName(type)}`);
  }

  /** Whether there is code for a resource type or data source. */
  public has(kind: 'resource' | 'data', type: string): boolean {
    return existsSync(join(this.folder, `${kind === 'data' ? 'data-google-' : ''}${folderName(type)}`));
  }

  private read(name: string): Block {
    return new GeneratedCode(join(this.folder, name)).block();
  }
}

function folderName(type: string): string {
  return type.replace(/^google_/, '').replaceAll('_', '-');
}

/** One member of a `…ToHclTerraform` function: an attribute or block that one may set. */
const SETTABLE =
  /^ +(?<name>\w+): \{\s+value: (?<value>.*),\s+isBlock: (?<isBlock>true|false),\s+type: "(?<kind>\w+)",\s+storageClassType: "(?<type>\w+)",/gm;
/** `get selfLink() { return this.getStringAttribute('self_link'); }` */
const GETTER = /return (?<set>cdktf\.Fn\.tolist\()?this\.get(?<type>\w+)Attribute\('(?<name>\w+)'\)/g;
/** `this._cors = new StorageBucketCorsList(this, "cors", false);` */
const MEMBER = /= new (?:\w+_1\.)?(?<type>[\w.]+)\(this, "(?<name>\w+)"(?:, (?<isSet>true|false))?\);/g;

const TYPES: Readonly<Record<string, ValueType>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  stringMap: ['map', 'string'],
  String: 'string',
  Number: 'number',
  Boolean: 'bool',
  StringMap: ['map', 'string'],
  'cdktf.StringMap': ['map', 'string'],
  'cdktf.StringMapList': ['list', ['map', 'string']],
};

/** The generated code of one resource, data source or provider. */
class GeneratedCode {
  private readonly code: string;
  /** Names of interfaces to the names, in camel case, of their members without `?`. */
  private readonly required = new Map<string, ReadonlySet<string>>();
  /** Names of classes to what stands in them. */
  private readonly classes = new Map<string, string>();

  public constructor(folder: string) {
    this.code = readAll(folder, '.js');
    for (const [, name, body] of this.code.matchAll(/^class (\w+) extends [\w.]+ \{\n([\s\S]*?)\n\}/gm)) {
      this.classes.set(name!, body!);
    }
    for (const [, name, body] of readAll(folder, '.d.ts').matchAll(
      /^export interface (\w+)[^{]*\{\n([\s\S]*?)\n\}/gm,
    )) {
      this.required.set(name!, new Set([...body!.matchAll(/^ {4}readonly (\w+):/gm)].map(([, member]) => member!)));
    }
  }

  public block(): Block {
    const main = /^class (\w+) extends cdktf\.Terraform(?:Resource|DataSource|Provider) /m.exec(this.code)?.[1];
    if (main === undefined) throw new Error('the generated code has no class of a resource, data source or provider');
    const body = this.classes.get(main)!;
    const [start, end] = [body.indexOf('    synthesizeHclAttributes() {'), body.length];
    return this.toBlock(body.slice(start, end), `${main}Config`, body);
  }

  private struct(name: string): Block {
    const start = this.code.indexOf(`function ${lowerFirst(name)}ToHclTerraform(struct) {`);
    const settable = this.code.slice(start, this.code.indexOf('\n}', start));
    return this.toBlock(settable, name, this.classes.get(`${name}OutputReference`) ?? '');
  }

  /**
   * @param settable the code that lists what one may set
   * @param settings the interface of it
   * @param body the class with the getters
   */
  private toBlock(settable: string, settings: string, body: string): Block {
    const attributes: Attribute[] = [];
    const blocks: NestedBlock[] = [];
    for (const { groups } of settable.matchAll(SETTABLE)) {
      const { name, value, isBlock, kind, type } = groups as Record<string, string>;
      const member = /(?:struct\.|this\._)(\w+)/.exec(value!)![1]!;
      const required = this.required.get(settings)!.has(member);
      if (isBlock === 'true') {
        const struct = upperFirst(/(\w+)ToHclTerraform/.exec(value!)![1]!);
        blocks.push({
          typeName: name!,
          block: this.struct(struct),
          nesting: ({ list: 'LIST', set: 'SET', struct: 'SINGLE' } as const)[kind as 'list' | 'set' | 'struct'],
          minItems: required ? 1 : 0,
          maxItems: kind === 'struct' || value!.includes('listMapperHcl') ? 0 : 1,
        });
      } else {
        attributes.push({
          name: name!,
          type: toType(type!, kind === 'set'),
          required,
          optional: !required,
          computed: !required && settings !== 'GoogleProviderConfig',
        });
      }
    }
    const known = new Set([...attributes.map(({ name }) => name), ...blocks.map(({ typeName }) => typeName)]);
    for (const [name, type] of Object.entries(this.getters(body))) {
      if (!known.has(name)) attributes.push({ name, type, required: false, optional: false, computed: true });
    }
    return { attributes, blocks };
  }

  /** What one can read of a class, by name. */
  private getters(body: string): Record<string, ValueType> {
    const readable: Record<string, ValueType> = {};
    for (const { groups } of body.matchAll(GETTER)) {
      readable[groups!.name!] = toType(groups!.type!, groups!.set !== undefined);
    }
    for (const { groups } of body.matchAll(MEMBER)) {
      const { name, type, isSet } = groups as Record<string, string>;
      readable[name!] = TYPES[type!] ?? this.computedList(type!, isSet === 'true');
    }
    return readable;
  }

  private computedList(className: string, isSet: boolean): ValueType {
    const element = this.classes.get(className.replace(/List$/, 'OutputReference'));
    if (element === undefined) throw new Error(`the generated code has no class for an element of ${className}`);
    return [isSet ? 'set' : 'list', ['object', this.getters(element)]];
  }
}

function toType(name: string, isSet: boolean): ValueType {
  const type = TYPES[name];
  if (type !== undefined) return type;
  const element = { stringList: 'string', List: 'string', numberList: 'number', NumberList: 'number' }[name];
  if (element === undefined) throw new Error(`the generated code has a type unknown to this program: ${name}`);
  return [isSet ? 'set' : 'list', element as ValueType];
}

/** Large resources have a folder of their own for the code of their blocks. */
function readAll(folder: string, extension: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(extension));
  return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
