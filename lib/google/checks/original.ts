import { DefaultTokenResolver, StringConcat, type TerraformResource, TerraformStack, Tokenization } from 'cdktf';
import type { Body } from './terraform';

/** A resource as a construct of this library made it, before any escape hatch: what checks hold to. */
export class Original {
  /** Whether Terraform was told to refuse to destroy it. */
  public readonly isKept: boolean;

  private readonly attributes: Body;

  public constructor(private readonly resource: TerraformResource) {
    this.isKept = resource.lifecycle?.preventDestroy === true;
    // Not by toTerraform(), which would settle the logical id: users may still override that.
    // biome-ignore lint/complexity/useLiteralKeys: the only way to a protected member
    this.attributes = resource['synthesizeAttributes']();
  }

  /** Address of the construct. */
  public get path(): string {
    return this.resource.node.path;
  }

  /** What was promised, as Terraform reads it. */
  public resolve(): Body {
    const resolver = new DefaultTokenResolver(new StringConcat());
    return Tokenization.resolve(this.attributes, {
      scope: TerraformStack.of(this.resource),
      resolver,
      preparing: false,
    });
  }
}
