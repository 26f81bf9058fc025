import schema from '../../lib/policy/policy.schema.json';

/** A part of a JSON Schema. */
interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/**
 * Everything that a policy can say, read from its schema: the path of each member, and behind it each value where there is a choice, such as
 * `retention.mode: compliance` or `regions.name`.
 */
export function vocabulary(): string[] {
  const terms = [...new Set(termsOf(schema as Schema, []))];
  // Not what only holds others.
  return terms.filter((term) => !terms.some((other) => other.startsWith(`${term}.`)));
}

function termsOf(part: Schema, path: readonly string[]): string[] {
  const { $ref, oneOf, items, properties = {}, ...rest } = part;
  if ($ref !== undefined) return [...termsOf(definition($ref), path), ...termsOf({ ...rest, properties }, path)];
  const name = path.join('.');
  const values = rest.enum ?? ('const' in rest ? [rest.const] : []);
  const below = [
    ...(oneOf ?? [])
      .filter((each) => !('required' in each) || 'properties' in each)
      .flatMap((each) => termsOf(each, path)),
    ...(items === undefined ? [] : termsOf(items, path)),
    ...Object.entries(properties).flatMap(([member, each]) => termsOf(each, [...path, member])),
    ...values.map((value) => `${name}: ${value}`),
  ];
  return below.length > 0 ? below : [name].filter((each) => each !== '');
}

function definition(reference: string): Schema {
  const name = reference.replace('#/$defs/', '') as keyof typeof schema.$defs;
  return schema.$defs[name] as Schema;
}
