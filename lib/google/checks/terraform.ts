/** A part of Terraform's JSON, as it will be written. */
export type Body = Readonly<Record<string, unknown>>;

/** A resource of a stack, with every escape hatch applied. */
export class Resource {
  public constructor(
    public readonly type: string,
    public readonly id: string,
    public readonly body: Body,
  ) {}

  /** How Terraform calls it. */
  public get address(): string {
    return `${this.type}.${this.id}`;
  }

  /** A value, if it is a text that is known now. */
  public text(name: string): string | undefined {
    const value = this.body[name];
    return typeof value === 'string' && !value.includes('${') ? value : undefined;
  }
}

/** The resources of a stack. */
export class Terraform {
  private readonly all: readonly Resource[];

  public constructor(json: Body) {
    this.all = Object.entries(bodyOf(json.resource)).flatMap(([type, resources]) =>
      Object.entries(bodyOf(resources)).map(([id, body]) => new Resource(type, id, bodyOf(body))),
    );
  }

  /** All resources of some types. */
  public of(...types: string[]): Resource[] {
    return this.all.filter(({ type }) => types.includes(type));
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
}

/** An object, or an empty one. */
export function bodyOf(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};
}

/** The objects of a list. A block that may be there once is an object in Terraform's JSON, or a list of one. */
export function bodiesOf(value: unknown): Body[] {
  if (Array.isArray(value)) return value.map(bodyOf);
  return value === undefined ? [] : [bodyOf(value)];
}

/** The texts of a list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
