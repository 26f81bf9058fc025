import { at, Resource, type TemplateBody } from './resource';

/** A template and the file that it is in. */
export interface TemplateFile {
  readonly path: string;

  /** Where it is deployed. The names of exports are unique only there. */
  readonly environment: string;

  readonly body: TemplateBody;
}

/** All templates of an app, in which references lead from one to another. */
export class Templates {
  private readonly resources: readonly Resource[];

  public constructor(private readonly files: readonly TemplateFile[]) {
    this.resources = files.flatMap(({ path, body }) =>
      Object.entries(body.Resources ?? {}).map(([logicalId, resource]) => new Resource(path, logicalId, resource)),
    );
  }

  /** Every resource of one type. */
  public ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.body.Type === type);
  }

  /** The resource of a logical id; if it was taken out of its template, one that has nothing. */
  public named(path: string, logicalId: string): Resource {
    const found = this.resources.find((each) => each.templatePath === path && each.logicalId === logicalId);
    return found ?? new Resource(path, logicalId, {});
  }

  /** The resources of a type that name another one in a property. */
  public naming(target: Resource, type: string, property: string): Resource[] {
    return this.ofType(type).filter((each) => each.list(property).some((value) => this.refersTo(value, each, target)));
  }

  /** Whether a value of one resource is the name, the ARN or another attribute of the target, also across stacks. */
  public refersTo(value: unknown, from: Resource, target: Resource): boolean {
    const found = this.follow(value, from.templatePath);
    return found?.templatePath === target.templatePath && found.logicalId === target.logicalId;
  }

  /** What a value of a resource leads to, if it is a reference. */
  public referredBy(value: unknown, from: Resource): Resource | undefined {
    const found = this.follow(value, from.templatePath);
    return found && this.named(found.templatePath, found.logicalId);
  }

  private follow(value: unknown, templatePath: string): { templatePath: string; logicalId: string } | undefined {
    const ref = at(value, 'Ref');
    if (typeof ref === 'string') return { templatePath, logicalId: ref };
    const attribute = (value as Record<string, unknown> | undefined)?.['Fn::GetAtt'];
    const logicalId = Array.isArray(attribute) ? attribute[0] : attribute;
    if (typeof logicalId === 'string') return { templatePath, logicalId: logicalId.split('.')[0] ?? '' };
    const imported = (value as Record<string, unknown> | undefined)?.['Fn::ImportValue'];
    return imported === undefined ? undefined : this.followImport(imported, templatePath);
  }

  private followImport(name: unknown, templatePath: string): { templatePath: string; logicalId: string } | undefined {
    const there = this.files.find(({ path }) => path === templatePath)?.environment;
    for (const { path, body } of this.files.filter(({ environment }) => environment === there)) {
      const output = Object.values(body.Outputs ?? {}).find((each) => each.Export?.Name === name);
      if (output !== undefined) return this.follow(output.Value, path);
    }
    return undefined;
  }
}
