import { RetentionMode, RetentionPreset } from '../../lib/policy';

test('there are these presets', () => {
  expect(RetentionPreset.all.map((preset) => preset.name)).toEqual([
    'dev',
    'sec-17a-4',
    'finra-4511',
    'cftc-1.31',
    'hipaa',
    'pci-dss-4',
    'sox',
  ]);
});

test('dev is a disposable lock of one day', () => {
  const { mode, period, isDisposable } = RetentionPreset.DEV;
  expect([mode, period.words, isDisposable]).toEqual([RetentionMode.GOVERNANCE, '1 day', true]);
});

test.each([
  [RetentionPreset.SEC_17A_4, 'compliance', '6 years'],
  [RetentionPreset.FINRA_4511, 'compliance', '6 years'],
  [RetentionPreset.CFTC_1_31, 'compliance', '5 years'],
  [RetentionPreset.HIPAA, 'governance', '6 years'],
  [RetentionPreset.PCI_DSS_4, 'governance', '1 year'],
  [RetentionPreset.SOX, 'compliance', '7 years'],
])('$name is a lock that stays', ({ mode, period, isDisposable }, expectedMode, words) => {
  expect([mode, period.words, isDisposable]).toEqual([expectedMode, words, false]);
});

test('every regulation is cited', () => {
  const cited = RetentionPreset.all.filter(({ isDisposable }) => !isDisposable).map(({ source }) => source);
  expect(new Set(cited).size).toBe(6);
});

test('no preset of compliance is disposable', () => {
  const wrong = RetentionPreset.all.filter((each) => each.mode === RetentionMode.COMPLIANCE && each.isDisposable);
  expect(wrong).toEqual([]);
});
