import { AuditLogError } from '../policy/errors';
import type { TemplateParts } from './org-synthesis';

/** The template of one region. */
export interface RegionTemplate {
  readonly region: string;
  readonly template: TemplateParts;
}

type Item = { readonly [name: string]: unknown };

const MAPPING = 'Regions';
const HERE = { Ref: 'AWS::Region' };

/** As many as `Fn::Or` takes. */
const MOST_ALTERNATIVES = 10;

/** What a resource has beside its properties, and cannot choose by a function. */
const FIXED = ['Type', 'DeletionPolicy', 'UpdateReplacePolicy', 'DependsOn'];

/**
 * Makes one template of several that are alike but for their region: texts that differ are looked up by `AWS::Region` in a mapping, and
 * whatever else differs is chosen by a condition. In any other region the template fails.
 */
export class RegionMerge {
  private readonly mapping = new Map<string, string>();
  private texts = 0;
  private readonly conditions: Record<string, unknown> = {};
  private readonly regions: readonly string[];

  public constructor(private readonly templates: readonly RegionTemplate[]) {
    this.regions = templates.map(({ region }) => region);
  }

  /**
   * The one template.
   *
   * @param facts about each region, in the order of the templates, which are outputs of the template
   * @throws templates-unlike
   */
  public merge(facts: Readonly<Record<string, readonly string[]>>): TemplateParts {
    for (const [name, values] of Object.entries(facts)) this.mapping.set(JSON.stringify(values), name);
    const Resources = this.mergeSection('Resources');
    const Outputs = Object.keys(facts).map((name) => [name, { Value: lookUp(name) }]);
    return {
      Mappings: { [MAPPING]: this.renderMapping() },
      ...(Object.keys(this.conditions).length > 0 && { Conditions: this.conditions }),
      Resources,
      Outputs: { ...this.mergeSection('Outputs'), ...Object.fromEntries(Outputs) },
    };
  }

  private mergeSection(section: string): Item {
    const all = this.templates.map(({ template }) => template[section] ?? {});
    const merged = keysOf(all).map((id) => [
      id,
      this.mergeItem(
        id,
        all.map((items) => items[id] as Item | undefined),
      ),
    ]);
    return Object.fromEntries(merged);
  }

  private mergeItem(id: string, each: readonly (Item | undefined)[]): Item {
    const given = each.filter((item) => item !== undefined);
    const [first = {}] = given;
    if (FIXED.some((name) => given.some((item) => !same(item[name], first[name])))) {
      throw new AuditLogError('templates-unlike', {
        problem: 'the templates of two regions differ in what one template cannot say',
        given: id,
        fix: 'make a template for each of these regions',
      });
    }
    const merged = this.mergeValues(filled(each)) as Item;
    return given.length === each.length ? merged : { ...merged, Condition: this.conditionOf(each) };
  }

  private mergeValues(values: readonly unknown[]): unknown {
    if (values.every((value) => same(value, values[0]))) return values[0];
    if (values.includes(undefined)) {
      return { 'Fn::If': [this.conditionOf(values), this.mergeValues(filled(values)), { Ref: 'AWS::NoValue' }] };
    }
    if (values.every(isText)) return this.lookUpAmong(values as string[]);
    if (values.every(isJoin)) return this.mergeJoins(values as Item[]);
    if (values.every(isPlain)) {
      const all = values as Item[];
      return Object.fromEntries(keysOf(all).map((key) => [key, this.mergeValues(all.map((value) => value[key]))]));
    }
    const lists = listsOfOneLength(values);
    return lists === undefined ? this.choose(values) : this.mergeLists(lists);
  }

  /** Of all functions, only `Fn::Join` takes texts that are looked up, and no conditions. */
  private mergeJoins(values: readonly Item[]): unknown {
    const joins = values.map((value) => value['Fn::Join'] as [string, unknown[]]);
    const lists = listsOfOneLength(joins.map(([, parts]) => parts));
    const isText = (_: unknown, index: number) => {
      const parts = lists?.map((list) => list[index]) ?? [];
      return parts.every((part) => same(part, parts[0])) || parts.every((part) => typeof part === 'string');
    };
    if (lists === undefined || !lists[0]?.every(isText)) return this.choose(values);
    return { 'Fn::Join': [joins[0]?.[0], this.mergeLists(lists)] };
  }

  private mergeLists(lists: readonly unknown[][]): unknown[] {
    return (lists[0] ?? []).map((_, index) => this.mergeValues(lists.map((list) => list[index])));
  }

  private lookUpAmong(values: readonly string[]): unknown {
    if (same(values, this.regions)) return HERE;
    const text = JSON.stringify(values);
    const known = this.mapping.get(text);
    if (known !== undefined) return lookUp(known);
    this.texts += 1;
    const key = `Text${this.texts}`;
    this.mapping.set(text, key);
    return lookUp(key);
  }

  private renderMapping(): Item {
    const columns = [...this.mapping].map(([text, key]): [string, string[]] => [key, JSON.parse(text)]);
    const row = (index: number) => Object.fromEntries(columns.map(([key, values]) => [key, values[index]]));
    return Object.fromEntries(this.regions.map((region, index) => [region, row(index)]));
  }

  private choose(values: readonly unknown[]): unknown {
    const [first, ...others] = values.filter((value, index) => values.findIndex((each) => same(each, value)) === index);
    return others.reduce((otherwise, value) => {
      const condition = this.conditionOf(values.map((each) => (same(each, value) ? each : undefined)));
      return { 'Fn::If': [condition, value, otherwise] };
    }, first);
  }

  /** Name of the condition that it is one of the regions that have a value. */
  private conditionOf(values: readonly unknown[]): string {
    const regions = this.regions.filter((_, index) => values[index] !== undefined);
    const name = `In${regions.map(pascal).join('Or')}`;
    this.conditions[name] ??= or(regions.map((region) => ({ 'Fn::Equals': [HERE, region] })));
    return name;
  }
}

/** The same, with another region's value wherever there is none: it is never used there. */
function filled<T>(values: readonly (T | undefined)[]): T[] {
  const present = values.filter((value) => value !== undefined);
  return values.map((value) => value ?? present[0]!);
}

function or(alternatives: readonly unknown[]): unknown {
  if (alternatives.length === 1) return alternatives[0];
  if (alternatives.length <= MOST_ALTERNATIVES) return { 'Fn::Or': alternatives };
  const [some, rest] = [alternatives.slice(0, MOST_ALTERNATIVES - 1), alternatives.slice(MOST_ALTERNATIVES - 1)];
  return { 'Fn::Or': [...some, or(rest)] };
}

function lookUp(key: string): unknown {
  return { 'Fn::FindInMap': [MAPPING, HERE, key] };
}

function keysOf(items: readonly Item[]): string[] {
  return [...new Set(items.flatMap((item) => Object.keys(item)))];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isJoin(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'Fn::Join' in value;
}

/** An object that is not a function. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
}

function listsOfOneLength(values: readonly unknown[]): unknown[][] | undefined {
  const lists = values.filter((value) => Array.isArray(value));
  return lists.length === values.length && lists.every(({ length }) => length === lists[0]?.length) ? lists : undefined;
}

/** `eu-central-1` as `EuCentral1`. */
function pascal(region: string): string {
  return region.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}
