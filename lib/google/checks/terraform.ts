import type { Original } from './original';

/** A part of Terraform's JSON, as it will be written. */
export type Body = Readonly<Record<string, unknown>>;

const LOCAL = /^\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.[a-z_]+(?:\[0\]\.[a-z_]+)*\}$/;

/** How CDKTF refers to a resource of another stack. */
const REMOTE = /^\$\{data\.terraform_remote_state\.([A-Za-z0-9_-]+)\.outputs\.([A-Za-z0-9_-]+)\}$/;

/** A resource of a stack, with every escape hatch applied. */
export class Resource {
  public constructor(
    public readonly type: string,
    public readonly id: string,
    public readonly body: Body,
    /** Address of its construct. */
    public readonly path: string,
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

/** A resource that a construct of this library answers for. */
export interface Promised {
  readonly resource: Resource;
  /** What it was before any escape hatch. */
  readonly made: Body;
  /** Whether Terraform was told to refuse to destroy it. */
  readonly isKept: boolean;
}

/** What is known of a stack beside its JSON. */
export interface Surroundings {
  /** Paths of the constructs that are parts of a log, with all below them. */
  readonly logs: readonly string[];
  readonly promises: readonly Original[];
  /** Other stacks that this one refers to, by the id of the data source of their state. */
  readonly linked: ReadonlyMap<string, Terraform>;
}

/** The resources of a stack. */
export class Terraform {
  private readonly all: readonly Resource[];
  private readonly promises: readonly Promised[];

  public constructor(
    private readonly json: Body,
    private readonly surroundings: Surroundings,
  ) {
    this.all = Object.entries(bodyOf(json.resource)).flatMap(([type, resources]) =>
      Object.entries(bodyOf(resources)).map(([id, each]) => {
        const body = bodyOf(each);
        const path = String(bodyOf(bodyOf(body['//']).metadata).path);
        const isOfLog = surroundings.logs.some((log) => `${path}/`.startsWith(`${log}/`));
        return new Resource(type, id, body, path, isOfLog);
      }),
    );
    this.promises = surroundings.promises.flatMap((promise) => {
      const resource = this.all.find(({ path }) => path === promise.path);
      return resource === undefined ? [] : [{ resource, made: promise.resolve(), isKept: promise.isKept }];
    });
  }

  /** This stack and those that it refers to. */
  public get withLinked(): Terraform[] {
    return [this, ...this.surroundings.linked.values()];
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

  /** Those resources of some types that constructs of this library answer for. */
  public promised(...types: string[]): Promised[] {
    return this.promises.filter(({ resource }) => types.includes(resource.type));
  }

  /** The resource that a reference such as `${google_storage_bucket.Records.name}` is about, if it is in this stack or in one that this refers to. */
  public target(reference: unknown): Resource | undefined {
    const [, state, output] = REMOTE.exec(String(reference)) ?? [];
    if (state !== undefined && output !== undefined) return this.surroundings.linked.get(state)?.targetOf(output);
    const [, type, id] = LOCAL.exec(String(reference)) ?? [];
    return this.all.find((each) => each.type === type && each.id === id);
  }

  private targetOf(output: string): Resource | undefined {
    return this.target(bodyOf(bodyOf(this.json.output)[output]).value);
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
