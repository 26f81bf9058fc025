import { RetentionMode, RetentionPreset } from '../../lib/policy';

test('there are these presets', () => {
  expect(RetentionPreset.all.map((preset) => preset.name)).toEqual(['dev', 'sec-17a-4']);
});

test('dev is a disposable lock of one day', () => {
  const { mode, period, isDisposable } = RetentionPreset.DEV;
  expect([mode, period.words, isDisposable]).toEqual([RetentionMode.GOVERNANCE, '1 day', true]);
});

test('sec-17a-4 is a compliance lock of six years', () => {
  const { mode, period, isDisposable } = RetentionPreset.SEC_17A_4;
  expect([mode, period.words, isDisposable]).toEqual([RetentionMode.COMPLIANCE, '6 years', false]);
});

test('no preset of compliance is disposable', () => {
  const wrong = RetentionPreset.all.filter((each) => each.mode === RetentionMode.COMPLIANCE && each.isDisposable);
  expect(wrong).toEqual([]);
});
