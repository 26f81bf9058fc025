/** A part of Terraform's JSON, as it will be written. */
export type Body = Readonly<Record<string, unknown>>;

/** A resource of a stack, with every escape hatch applied. */
export class Resource {
  public constructor(
    public readonly type: string,
    public readonly id: string,
    public readonly body: Body,
    /** Whether it is a part of a log, and not something else of the user's. */
    public readonly isOfLog: boolean,
  ) {}

  /** How Terraform calls it. */
  public get address(): string {
    return `${this.type}.${this.id}`;
  }

  /** A value, if it is a text that is known now. */
  public text(name: string): string | undefined {
    const value = this.body[name];
    return typeof value === 'string' && isKnown(value) ? value : undefined;
  }
}

/** The resources of a stack. */
export class Terraform {
  private readonly all: readonly Resource[];

  /** @param logs paths of the constructs that are parts of a log, with all below them */
  public constructor(
    private readonly json: Body,
    logs: readonly string[] = [],
  ) {
    this.all = Object.entries(bodyOf(json.resource)).flatMap(([type, resources]) =>
      Object.entries(bodyOf(resources)).map(([id, each]) => {
        const body = bodyOf(each);
        const path = `${bodyOf(bodyOf(body['//']).metadata).path}/`;
        return new Resource(
          type,
          id,
          body,
          logs.some((log) => path.startsWith(`${log}/`)),
        );
      }),
    );
  }

  /** All resources of some types. */
  public of(...types: string[]): Resource[] {
    return this.all.filter(({ type }) => types.includes(type));
  }

  /** Those resources of some types that are parts of a log. */
  public ofLog(...types: string[]): Resource[] {
    return this.of(...types).filter(({ isOfLog }) => isOfLog);
  }

  /** All resources whose type begins so. */
  public startingWith(prefix: string): Resource[] {
    return this.all.filter(({ type }) => type.startsWith(prefix));
  }

  /** The resource that a reference such as `${google_storage_bucket.Records.name}` is about, if it is in this stack. */
  public target(reference: unknown): Resource | undefined {
    const [, type, id] = /^\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.[a-z_]+\}$/.exec(String(reference)) ?? [];
    return this.all.find((each) => each.type === type && each.id === id);
  }

  /** Which version of a provider Terraform is asked for. */
  public providerVersion(name: string): unknown {
    return bodyOf(bodyOf(bodyOf(this.json.terraform).required_providers)[name]).version;
  }
}

/** Whether a value is itself, and not an expression whose value only Terraform knows. */
export function isKnown(value: unknown): boolean {
  return typeof value !== 'string' || !value.includes('${');
}

/** An object, or an empty one. */
export function bodyOf(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};
}

/** The objects of a list. A block that may be there once is an object in Terraform's JSON, or a list of one. */
export function bodiesOf(value: unknown): Body[] {
  if (Array.isArray(value)) return value.map(bodyOf);
  return value === undefined || value === null ? [] : [bodyOf(value)];
}

/** A block that may be there once, or an empty one. */
export function blockOf(value: unknown): Body {
  return bodiesOf(value)[0] ?? {};
}

/** The texts of a list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
