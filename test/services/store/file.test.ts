import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '../../../lib/services/store/file';
import { storeConformance } from '../../conformance/store';

storeConformance('the file store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  const root = join(folder, 'root');
  return {
    store: await FileStore.open(root),
    breakDown: () => rename(root, join(folder, 'elsewhere')),
    close: () => rm(folder, { recursive: true }),
  };
});
