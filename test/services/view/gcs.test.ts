import { HOUR_MS, hourOf } from '../../../lib/record';
import { viewCompleteUntil } from '../../../lib/services/engine/view-hours';
import { GcsReader } from '../../../lib/services/store/gcs-reader';
import { rollUpOnce } from '../../../lib/services/view/main';
import { viewKey } from '../../../lib/services/view/roll-up';
import { event, LOG } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { GcsFixture } from '../../gcs-server/gcs-fixture';

const HOUR = hourOf(Date.now()) - 3 * HOUR_MS;

let records: GcsFixture;
let view: string;

beforeEach(async () => {
  records = await GcsFixture.start();
  // As the view's bucket is.
  records.server.createBucket('view', 1, false).retention = undefined;
  view = `gs://view?endpoint=${encodeURIComponent(records.server.endpoint)}`;
  await new ShardWriter(LOG, records.store, HOUR).write(event(0, '{"actor":"ann"}', { received: HOUR }));
});
afterEach(() => records.server.close());

const reader = () => GcsReader.open({ bucket: 'view', prefix: '', endpoint: records.server.endpoint });
const rollUp = () => rollUpOnce({ origin: LOG.origin, store: records.url, view }, () => {});

it('makes Parquet files of all closed hours, from one bucket into another', async () => {
  expect(await rollUp()).toBeGreaterThanOrEqual(1);
  const file = await reader().get(viewKey(LOG, HOUR));
  expect(file?.subarray(0, 4).toString()).toBe('PAR1');
  expect(file?.includes('ann')).toBe(true);
});

it('says by its newest hour how far a search is complete', async () => {
  const hours = await rollUp();
  expect(await viewCompleteUntil(reader(), LOG, Date.now())).toBe(HOUR + hours * HOUR_MS);
});

it('leaves what is there as it is', async () => {
  await rollUp();
  const generations = () => [...records.server.buckets.get('view')!.sorted()].map(({ generation }) => generation);
  const before = generations();
  expect(await rollUp()).toBe(0);
  expect(generations()).toEqual(before);
});
