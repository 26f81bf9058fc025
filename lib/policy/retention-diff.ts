import { PolicyChange } from './policy-change';
import type { Retention } from './retention';
import { RetentionMode } from './retention-mode';

const PATH = '$.retention';

/** What changes for the lock of records. Those that are kept already keep the lock that they have. */
export function retentionDiff(before: Retention, after: Retention): PolicyChange[] {
  return [
    ...modeDiff(before, after),
    ...periodDiff(before, after),
    ...disposableDiff(before, after),
    ...presetDiff(before, after),
  ];
}

function modeDiff(before: Retention, after: Retention): PolicyChange[] {
  if (before.mode === after.mode) return [];
  if (after.mode === RetentionMode.COMPLIANCE) {
    const sentence = 'Nobody could lift the lock of new records before its time any more; this cannot be undone.';
    return [new PolicyChange('compliance-added', PATH, sentence)];
  }
  const sentence = 'Who has the permission to bypass the lock could delete or shorten new records; keep compliance.';
  return [new PolicyChange('compliance-dropped', PATH, sentence)];
}

function periodDiff(before: Retention, after: Retention): PolicyChange[] {
  const days = after.period.inDays - before.period.inDays;
  if (days === 0) return [];
  const change = `New records would be locked for ${after.period.words} instead of ${before.period.words}`;
  if (days > 0) return [new PolicyChange('retention-lengthened', PATH, `${change}.`)];
  return [new PolicyChange('retention-shortened', PATH, `${change}; keep the longer period.`)];
}

function disposableDiff(before: Retention, after: Retention): PolicyChange[] {
  if (before.isDisposable === after.isDisposable) return [];
  if (!after.isDisposable) {
    return [
      new PolicyChange('disposable-dropped', PATH, 'The log could no longer be torn down while records are locked.'),
    ];
  }
  const sentence = 'The log could be torn down while records are locked; begin a disposable log under another name.';
  return [new PolicyChange('disposable-added', PATH, sentence)];
}

function presetDiff(before: Retention, after: Retention): PolicyChange[] {
  const dropped = before.presets.filter((preset) => !after.presets.includes(preset));
  const added = after.presets.filter((preset) => !before.presets.includes(preset));
  return [
    ...dropped.map(({ name, source }) => {
      const sentence = `Nothing would say any more that the retention is to be as the preset ${name} asks (${source}).`;
      return new PolicyChange('preset-dropped', PATH, sentence);
    }),
    ...added.map(({ name, source }) => {
      const sentence = `The retention would be at least as the preset ${name} asks (${source}).`;
      return new PolicyChange('preset-added', PATH, sentence);
    }),
  ];
}
