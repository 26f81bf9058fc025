import policySchema from '../../lib/policy/policy.schema.json';

/** A part of a JSON Schema, of which only the keywords below are understood. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema | boolean>>;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly oneOf?: readonly (Schema | boolean)[];
  readonly anyOf?: readonly (Schema | boolean)[];
  readonly allOf?: readonly (Schema | boolean)[];
  readonly items?: Schema | boolean;
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly additionalProperties?: Schema | boolean;
}

/** Keywords that lead to further values. */
const FOLLOWED = [
  '$ref',
  'const',
  'enum',
  'type',
  'oneOf',
  'anyOf',
  'allOf',
  'items',
  'properties',
  'additionalProperties',
];

/** Keywords that only narrow the values, or say something about them. */
const NARROWING = [
  ['$schema', '$id', '$defs', 'title', 'description'],
  ['required', 'not', 'propertyNames', 'minProperties', 'maxProperties'],
  ['minItems', 'maxItems', 'uniqueItems', 'minimum', 'maximum', 'pattern'],
].flat();

/**
 * Everything that a policy can say, read from its schema: the path of each member, and behind it each value where there is a choice, such as
 * `retention.mode: compliance` or `regions.name`.
 *
 * @param schema whose references lead to its own `$defs`
 * @throws Error for a keyword that is not known here: what it allows would be missed
 */
export function vocabulary(schema: Schema = policySchema as unknown as Schema): string[] {
  const terms = [...new Set(termsOf(schema, [], schema.$defs ?? {}))];
  // Not what only holds others.
  return terms.filter((term) => !terms.some((other) => other.startsWith(`${term}.`)));
}

function termsOf(part: Schema | boolean, path: readonly string[], definitions: NonNullable<Schema['$defs']>): string[] {
  if (part === false) return [];
  const name = path.join('.');
  if (part === true) return [name];
  const unknown = Object.keys(part).find((keyword) => !FOLLOWED.includes(keyword) && !NARROWING.includes(keyword));
  if (unknown !== undefined) throw new Error(`${name || 'the schema'} has ${unknown}, which is not walked`);
  const { $ref, oneOf = [], anyOf = [], allOf = [], items, additionalProperties, properties = {} } = part;
  const values = valuesOf(part);
  const here = [
    ...($ref === undefined ? [] : [definition($ref, definitions)]),
    ...[...oneOf, ...anyOf, ...allOf],
    ...(items === undefined ? [] : [items]),
    // Their names are data, not vocabulary.
    ...(additionalProperties === undefined ? [] : [additionalProperties]),
  ];
  const below = [
    ...here.flatMap((each) => termsOf(each, path, definitions)),
    ...Object.entries(properties).flatMap(([member, each]) => termsOf(each, [...path, member], definitions)),
    ...values.map((value) => `${name}: ${value}`),
  ];
  return below.length > 0 ? below : [name].filter((each) => each !== '');
}

function valuesOf(part: Schema): readonly unknown[] {
  if (part.enum !== undefined) return part.enum;
  if ('const' in part) return [part.const];
  return part.type === 'boolean' ? [true, false] : [];
}

function definition(reference: string, definitions: NonNullable<Schema['$defs']>): Schema | boolean {
  const found = definitions[reference.replace('#/$defs/', '')];
  if (found === undefined) throw new Error(`${reference} is not in $defs`);
  return found;
}
