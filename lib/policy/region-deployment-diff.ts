import type { Deployment } from './deployment';
import { PolicyChange } from './policy-change';

/** What changes for where each region is deployed. */
export function regionDeploymentDiff(before: Deployment, after: Deployment): PolicyChange[] {
  const names = [...before.regions, ...before.elsewhere].map(({ name }) => name);
  const added = [...after.regions, ...after.elsewhere].map(({ name }) => name).filter((name) => !names.includes(name));
  return [
    ...names.flatMap((name) => fateOf(name, before, after)),
    ...added.map(
      (name) => new PolicyChange('region-added', pathOf(name, after), `The log would be in ${name} as well.`),
    ),
  ];
}

function fateOf(name: string, before: Deployment, after: Deployment): PolicyChange[] {
  const path = pathOf(name, before);
  if (![...after.regions, ...after.elsewhere].some((region) => region.name === name)) {
    const sentence = `The log of ${name} would belong to no deployment, with all that it keeps; keep the region until its last lock has ended.`;
    return [new PolicyChange('region-lost', path, sentence)];
  }
  if (before._isElsewhere(name) !== after._isElsewhere(name)) {
    const [from, to] = before._isElsewhere(name) ? ['another cloud', 'AWS'] : ['AWS', 'another cloud'];
    const sentence = `The log of ${name} would begin empty on ${to}, and what it keeps on ${from} would belong to no log; add another region there.`;
    return [new PolicyChange('host-changed', path, sentence)];
  }
  return before._isElsewhere(name) ? elsewhereDiff(name, before, after) : regionDiff(name, before, after);
}

/** Where a document has a region. */
function pathOf(name: string, deployment: Deployment): string {
  return deployment._isElsewhere(name) ? '$.elsewhere' : '$.regions';
}

function elsewhereDiff(name: string, before: Deployment, after: Deployment): PolicyChange[] {
  const [was, is] = [before, after].map(({ elsewhere }) =>
    JSON.stringify(elsewhere.find((region) => region.name === name)?._render()),
  );
  if (was === is) return [];
  const sentence = `Clients of ${name} would be led to other addresses, or from another distance.`;
  return [new PolicyChange('elsewhere-changed', '$.elsewhere', sentence)];
}

function regionDiff(name: string, before: Deployment, after: Deployment): PolicyChange[] {
  const [was, is] = [before.regionNamed(name), after.regionNamed(name)];
  const [role, roleBefore] = [after.breakGlassRoleOf(name), before.breakGlassRoleOf(name)];
  const at = '$.regions';
  if (was.account !== is.account) {
    const sentence = `The log of ${name} would begin empty in account ${is.account}, and what ${was.account} keeps would belong to no log; keep the account, and add another region.`;
    return [new PolicyChange('account-changed', at, sentence)];
  }
  const zone = `The names of ${name} would be in another zone, and be others if its name is another.`;
  const breakGlass = `The locks and keys of ${name} would obey ${role} instead of ${roleBefore}.`;
  return [
    ...(same(was.zone?._render(), is.zone?._render()) ? [] : [new PolicyChange('zone-changed', at, zone)]),
    ...(role === roleBefore ? [] : [new PolicyChange('break-glass-changed', at, breakGlass)]),
    ...pathDiff(name, 'writers', was.ingest._render(), is.ingest._render()),
    ...pathDiff(name, 'readers', was.query._render(), is.query._render()),
  ];
}

type Path = Readonly<Record<string, unknown>>;

function pathDiff(name: string, clients: 'writers' | 'readers', before: Path, after: Path): PolicyChange[] {
  const at = `$.regions`;
  const whose = `the ${clients} of ${name}`;
  return [
    ...(same(before.certificateArn, after.certificateArn)
      ? []
      : [new PolicyChange('certificate-changed', at, `What ${whose} connect to would show another certificate.`)]),
    ...(same(before.trust, after.trust)
      ? []
      : [new PolicyChange('trust-changed', at, `Others would say who ${whose} are.`)]),
    ...(same(before.prefixLists, after.prefixLists)
      ? []
      : [new PolicyChange('prefix-lists-changed', at, `Other lists would say from where ${whose} may connect.`)]),
  ];
}

function same(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
