import { readFileSync } from 'node:fs';
import {
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolation,
  Stack,
  Stage,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Breach, Check } from './checks/check';
import { CHECKS_OF_ARCHIVES, CHECKS_OF_EDGES, CHECKS_OF_NAMES, CHECKS_OF_STORES } from './checks/checks';
import type { TemplateBody } from './checks/resource';
import { Subjects } from './checks/subjects';
import { Templates } from './checks/templates';

const LOG_FOUND = 'log-found';

/**
 * Holds templates to what makes an audit log one, after every construct, aspect and escape hatch has had its say:
 * `Validations.of(app).addPlugins(new AuditLogChecks())`. Synthesis fails where an invariant is broken.
 *
 * Whoever means it acknowledges one by its id and with a reason, which the validation report then shows:
 * `Validations.of(construct).acknowledge({ id: 'AuditLogChecks::no-expiration', reason: '…' })`.
 *
 * What is in no template of the app is not looked at: adopted buckets, listeners that the organisation has, firewalls by ARN.
 */
export class AuditLogChecks implements IPolicyValidationPlugin {
  /** Begins the ids of acknowledgements. */
  public readonly name = 'AuditLogChecks';

  /**
   * The ids of all checks; `CHECKS.md` beside this says what each means.
   *
   * @default - all of them
   */
  public readonly ruleIds?: string[] = [
    LOG_FOUND,
    ...[...CHECKS_OF_STORES, ...CHECKS_OF_ARCHIVES, ...CHECKS_OF_EDGES, ...CHECKS_OF_NAMES].map(({ id }) => id),
  ];

  /** Looks for breaches in the templates of an app. */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const stages = stagesOf(context.appConstruct);
    const files = context.stackTemplates.map(({ templatePath, stackConstructPath, accountId, region }) => ({
      path: templatePath,
      environment: JSON.stringify([stages.get(stackConstructPath), accountId, region]),
      body: JSON.parse(readFileSync(templatePath, 'utf8')) as TemplateBody,
    }));
    const paths = new Map(context.stackTemplates.map((each) => [each.stackConstructPath, each.templatePath]));
    const subjects = new Subjects(context.appConstruct, new Templates(files), paths);
    const [archives, edges] = [subjects.archives(), subjects.edges()];
    const stores = [...archives, ...subjects.replicas()];
    const names = subjects.names();
    const isFound = stores.length + edges.length + names.length > 0;
    const violations = [
      ...(isFound ? [] : [nothingFound(context)]),
      ...violationsOf(CHECKS_OF_STORES, stores),
      ...violationsOf(CHECKS_OF_ARCHIVES, archives),
      ...violationsOf(CHECKS_OF_EDGES, edges),
      ...violationsOf(CHECKS_OF_NAMES, names),
    ];
    return { success: violations.length === 0, violations };
  }
}

/** Constructs of a second copy of this library in `node_modules` would be strangers, and every check would pass. */
function nothingFound({ stackTemplates }: IPolicyValidationContext): PolicyViolation {
  return {
    ruleName: LOG_FOUND,
    description: 'There is a log to check.',
    severity: 'error',
    fix: 'Make the log with the same copy of this library as the checks (npm ls immutable-audit-log), in the same app or stage.',
    // A violation without a resource is not reported.
    violatingResources: stackTemplates.map(({ stackConstructPath }) => ({
      constructPath: stackConstructPath,
      locations: [],
    })),
  };
}

/** Paths of stacks to the paths of the stages that they are deployed in. */
function stagesOf(tree: IConstruct): Map<string, string | undefined> {
  const stacks = tree.node.findAll().filter((each) => Stack.isStack(each));
  return new Map(stacks.map((stack) => [stack.node.path, Stage.of(stack)?.node.path]));
}

function violationsOf<Subject>(checks: readonly Check<Subject>[], subjects: readonly Subject[]): PolicyViolation[] {
  return checks.flatMap((check) => {
    const breaches = subjects.flatMap((subject) => check.breaches(subject));
    return breaches.length === 0 ? [] : [violation(check, breaches)];
  });
}

function violation<Subject>({ id, text, docs }: Check<Subject>, breaches: Breach[]): PolicyViolation {
  return {
    ruleName: id,
    description: text,
    severity: 'error',
    fix: `Undo what changed the resource. ${docs}`,
    ruleMetadata: { docs },
    violatingResources: breaches.map(({ resource, location }) => ({
      resourceLogicalId: resource.logicalId,
      templatePath: resource.templatePath,
      locations: [location],
    })),
  };
}
