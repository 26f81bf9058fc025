import { TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { Place } from '../policy/place';

/** A version in which all has been seen that the bindings' 6.50.0 does not have. */
const FIRST = [8, 5, 0] as const;

/**
 * Which version of Terraform's Google provider applies the stack. The bindings pin 6.50.0, which knows neither TLS 1.3 as a minimum nor
 * firewalls on regional load balancers nor readiness probes and services without an address of their own on Cloud Run; a newer provider does, and
 * takes what the bindings write. Where one of these is used without it, synthesis fails.
 */
export class ProviderVersion {
  /**
   * At least this version, and nothing of the next major one.
   *
   * @param version such as `8.5.0`, and not lower
   * @throws provider-version-unusable
   */
  public static atLeast(version: string): ProviderVersion {
    return Place.valid('version', (at) => ProviderVersion._parse(version, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): ProviderVersion | undefined {
    const allowed = `${FIRST.join('.')} and newer, as <major>.<minor>.<patch>`;
    const text = at.text(given, /^(0|[1-9]\d{0,3})(\.(0|[1-9]\d{0,3})){2}$/, 'provider-version-unusable', allowed);
    if (text === undefined) return undefined;
    const version = text.split('.').map(Number);
    if (!isBelow(version, FIRST)) return new ProviderVersion(`>= ${text}, < ${version[0]! + 1}.0.0`, text);
    const problem = 'this version of the Google provider does not have what the bindings lack';
    const fix = 'choose a newer one, or leave the version to the bindings';
    return at.report('provider-version-unusable', { problem, given, allowed, fix });
  }

  private constructor(
    /** What Terraform is told, such as `>= 8.5.0, < 9.0.0`. */
    public readonly constraint: string,
    /** @internal */
    public readonly _least: string,
  ) {}

  /**
   * Asks Terraform for this version instead of the bindings' in the stack of a construct.
   *
   * @internal
   */
  public _require(scope: IConstruct): void {
    TerraformStack.of(scope).addOverride('terraform.required_providers.google.version', this.constraint);
  }
}

function isBelow(version: readonly number[], least: readonly number[]): boolean {
  const at = version.findIndex((part, index) => part !== least[index]);
  return at !== -1 && version[at]! < least[at]!;
}
