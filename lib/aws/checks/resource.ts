/** A synthesized template. */
export interface TemplateBody {
  readonly Resources?: Record<string, ResourceBody>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>;
}

/** A resource as CloudFormation reads it. */
export interface ResourceBody {
  readonly Type?: string;
  readonly Properties?: unknown;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** A resource of a template. One that was taken out of it has neither a type nor properties. */
export class Resource {
  public constructor(
    public readonly templatePath: string,
    public readonly logicalId: string,
    public readonly body: ResourceBody,
  ) {}

  /** A property, by its path such as `VersioningConfiguration.Status`. */
  public property(path: string): unknown {
    return at(this.body.Properties, path);
  }

  /** A property that is a list, which need not be there. */
  public list(path: string): unknown[] {
    return listOf(this.property(path));
  }
}

/** What is at a path of members, such as `Action.Block`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => {
    return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined;
  }, value);
}

/** A list as it is; what templates may also write without brackets as a list of one. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** CloudFormation takes truth as text as well. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
