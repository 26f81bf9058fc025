import type { Construct } from 'constructs';
import type { BackendGroup } from './backend-group';
import type { TargetContext } from './target-context';

/** What takes requests to append. It must answer 200 only when a record is durable. */
export interface IWriteTarget {
  /**
   * Makes the target in the archive's region.
   *
   * @param scope where to; each region has a scope of its own
   * @param context what from
   * @returns what the front door passes requests to
   */
  bind(scope: Construct, context: TargetContext): BackendGroup;
}
