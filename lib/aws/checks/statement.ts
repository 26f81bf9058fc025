import { at, listOf } from './resource';

/** A statement of a policy document, as a template has it. */
export class Statement {
  /** The statements of a policy document. */
  public static of(document: unknown): Statement[] {
    return listOf(at(document, 'Statement')).map((statement) => new Statement(statement));
  }

  private constructor(private readonly json: unknown) {}

  public get isAllow(): boolean {
    return at(this.json, 'Effect') === 'Allow';
  }

  /** The actions in lower case, as IAM compares them; whatever is not excepted counts as everything. */
  public get actions(): string[] {
    if (at(this.json, 'NotAction') !== undefined) return ['*'];
    return listOf(at(this.json, 'Action')).map((action) => String(action).toLowerCase());
  }

  /** The resources; whatever is not excepted counts as everything. */
  public get resources(): unknown[] {
    return at(this.json, 'NotResource') === undefined ? listOf(at(this.json, 'Resource')) : ['*'];
  }

  /** Accounts, roles and users by ARN or reference; `*` is everyone. Services are not among them. */
  public get principals(): unknown[] {
    if (at(this.json, 'NotPrincipal') !== undefined) return ['*'];
    const principal = at(this.json, 'Principal');
    return typeof principal === 'string' ? [principal] : listOf(at(principal, 'AWS'));
  }

  /** Whether it is about an action, with wildcards as IAM has them. */
  public covers(action: string): boolean {
    return this.actions.some((pattern) => {
      const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
      return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(action.toLowerCase());
    });
  }

  /** Whether it says the same as another, in whatever order. */
  public equals(other: unknown): boolean {
    return canonical(this.json) === canonical(other);
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    return items.length === 1 ? (items[0] ?? '') : `[${items.sort().join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  // What a function is given is in order.
  const text = (name: string, member: unknown) =>
    name.startsWith('Fn::') ? JSON.stringify(member) : canonical(member);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${text(name, member)}`);
  return `{${members.sort().join()}}`;
}
