import { AuditLogPolicy } from 'immutable-audit-log/policy';
import { namedDocument } from './named-document';

/** What an app is told by `-c name=value`. */
type Context = (name: string) => unknown;

/** A cloud's kind of deployment. */
interface DeploymentKind<T> {
  /** Reads a deployment's document. */
  parse(text: string): T;
  /** A deployment of placeholders. */
  example(policy: AuditLogPolicy): T;
}

/** Reads the policy of `-c policy=<file>`, and the deployment of `-c deployment=<file>`, in whose place `-c example=true` takes placeholders. */
export function appDocuments<T>(context: Context, kind: DeploymentKind<T>): { policy: AuditLogPolicy; deployment: T } {
  const policy = namedDocument('policy', fileOf(context, 'policy', 'what must hold for the log'), AuditLogPolicy.parse);
  if (String(context('example')) !== 'true') {
    return {
      policy,
      deployment: namedDocument('deployment', fileOf(context, 'deployment', 'where it is deployed'), kind.parse),
    };
  }
  if (context('deployment') === undefined) return { policy, deployment: kind.example(policy) };
  throw new Error(
    `deployment ${context('deployment')} would not be read: example=true takes placeholders; leave out one of them [deployment-ambiguous]`,
  );
}

function fileOf(context: Context, name: string, meaning: string): string {
  const file = context(name);
  if (typeof file === 'string') return file;
  const instead = name === 'deployment' ? ', or -c example=true for placeholders' : '';
  throw new Error(`no ${name} document says ${meaning}; add -c ${name}=<file>${instead} [${name}-missing]`);
}
