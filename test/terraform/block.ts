/** A type of a value, as Terraform writes it in JSON: `"string"`, `["list", "string"]`, `["object", { "a": "bool" }]`. */
export type ValueType =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', ValueType]
  | readonly ['object', Readonly<Record<string, ValueType>>];

export interface Attribute {
  readonly name: string;
  readonly type: ValueType;
  readonly required: boolean;
  readonly optional: boolean;
  /** Whether the provider fills it in where the configuration is silent. */
  readonly computed: boolean;
}

export interface NestedBlock {
  readonly typeName: string;
  readonly block: Block;
  readonly nesting: 'SINGLE' | 'LIST' | 'SET';
  readonly minItems: 0 | 1;
  /** 0: as many as one likes. */
  readonly maxItems: 0 | 1;
}

/** What may stand between the braces of a resource, a data source, a provider or a block of theirs. */
export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly NestedBlock[];
}

/** The value with every computed attribute, on every level, filled in where it is null. */
export function fill(block: Block, value: BlockValue, computed: (type: ValueType) => unknown): BlockValue {
  const filled = { ...value };
  for (const attribute of block.attributes) {
    if (attribute.computed) filled[attribute.name] ??= computed(attribute.type);
  }
  for (const { typeName, block: nested } of block.blocks) {
    const inner = filled[typeName];
    if (Array.isArray(inner)) {
      filled[typeName] = inner.map((each) => (isBlockValue(each) ? fill(nested, each, computed) : each));
    } else if (isBlockValue(inner)) {
      filled[typeName] = fill(nested, inner, computed);
    }
  }
  return filled;
}

export type BlockValue = Record<string, unknown>;

function isBlockValue(value: unknown): value is BlockValue {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Some known value of a type; lists have one element. */
export function example(type: ValueType): unknown {
  if (type === 'string') return 'known-after-reading';
  if (type === 'number') return 1;
  if (type === 'bool') return true;
  const [kind, inner] = type;
  if (kind === 'map') return {};
  if (kind !== 'object') return [example(inner)];
  return Object.fromEntries(Object.entries(inner).map(([name, member]) => [name, example(member)]));
}
