import { Period, Retention, RetentionMode, RetentionPreset } from '../../lib/policy';
import { codeOf, errorOf } from './coded';

test('compliance carries its acknowledgement', () => {
  const retention = Retention.compliance(Period.years(7), 'acme-audit');
  expect(retention.mode).toBe(RetentionMode.COMPLIANCE);
  expect(retention.irreversible).toBe('acme-audit');
  expect(retention.period.words).toBe('7 years');
  expect(retention.isDisposable).toBe(false);
});

test('governance needs no acknowledgement and is not disposable', () => {
  const retention = Retention.governance(Period.days(30));
  expect(retention.mode).toBe(RetentionMode.GOVERNANCE);
  expect(retention.irreversible).toBeUndefined();
  expect(retention.isDisposable).toBe(false);
});

test('disposable is governance that may be torn down', () => {
  const retention = Retention.disposable(Period.days(1));
  expect(retention.mode).toBe(RetentionMode.GOVERNANCE);
  expect(retention.isDisposable).toBe(true);
});

test('a retention said by hand has no presets', () => {
  expect(Retention.governance(Period.days(1)).presets).toEqual([]);
});

test('dev alone is disposable for a day', () => {
  const retention = Retention.ofPresets([RetentionPreset.DEV]);
  expect(retention).toMatchObject({ mode: RetentionMode.GOVERNANCE, isDisposable: true });
  expect(retention.period.inDays).toBe(1);
});

test.each([
  ['in one order', [RetentionPreset.DEV, RetentionPreset.SEC_17A_4]],
  ['in the other', [RetentionPreset.SEC_17A_4, RetentionPreset.DEV]],
])('combined presets take the longest period and the strictest mode, %s', (_, presets) => {
  const retention = Retention.ofPresets(presets, 'acme');
  expect(retention.period.words).toBe('6 years');
  expect(retention.mode).toBe(RetentionMode.COMPLIANCE);
  expect(retention.isDisposable).toBe(false);
  expect(retention.presets).toEqual(presets);
});

test('of several regulations the longest period holds, and the strictest mode', () => {
  const { HIPAA, PCI_DSS_4, SOX } = RetentionPreset;
  expect(Retention.ofPresets([PCI_DSS_4, SOX, HIPAA], 'acme').period.words).toBe('7 years');
  expect(Retention.ofPresets([PCI_DSS_4, HIPAA])).toMatchObject({ mode: 'governance', isDisposable: false });
});

test('a preset given twice counts once', () => {
  expect(Retention.ofPresets([RetentionPreset.DEV, RetentionPreset.DEV]).presets).toEqual([RetentionPreset.DEV]);
});

test('a preset of compliance must be acknowledged', () => {
  const error = errorOf(() => Retention.ofPresets([RetentionPreset.SEC_17A_4]));
  expect(error.code).toBe('irreversible-unacknowledged');
  expect(error.message).toContain('cannot be undone by anyone');
});

test('presets of governance take no acknowledgement', () => {
  expect(codeOf(() => Retention.ofPresets([RetentionPreset.DEV], 'acme'))).toBe('irreversible-not-needed');
});

test('no preset is no retention', () => {
  expect(codeOf(() => Retention.ofPresets([]))).toBe('list-length-out-of-range');
});
