import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FileStore } from '../../../lib/services/store/file';
import { maliciousStorage } from '../../conformance/malicious-storage';
import { GcsFixture } from '../../gcs-server/gcs-fixture';
import { MemoryStore } from '../../memory-store';
import { S3Fixture } from '../../s3-server/s3-fixture';

/** Hundreds of logs are written here, and none has to survive a power failure. */
const MEMORY_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

maliciousStorage('a store in memory', async () => {
  const store = new MemoryStore();
  return {
    store,
    remove: async (key) => void store.objects.delete(key),
    plant: async (key, bytes) => void store.objects.set(key, bytes),
    close: async () => {},
  };
});

maliciousStorage('the file store', async () => {
  const root = await mkdtemp(join(MEMORY_FOLDER, 'malicious-'));
  const remove = (key: string): Promise<void> => rm(join(root, key), { force: true });
  return {
    store: await FileStore.open(root),
    remove,
    plant: async (key, bytes) => {
      await mkdir(dirname(join(root, key)), { recursive: true });
      await remove(key);
      await writeFile(join(root, key), bytes);
      await chmod(join(root, key), 0o444);
    },
    close: () => rm(root, { recursive: true }),
  };
});

maliciousStorage('the S3 store', async (now) => {
  const { store, server, bucket } = await S3Fixture.start({ now, pageSize: 3 });
  return {
    store,
    remove: async (key) => bucket.erase(`logs/${key}`),
    plant: async (key, bytes) => {
      bucket.erase(`logs/${key}`);
      bucket.put(`logs/${key}`, { bytes });
    },
    close: () => server.close(),
  };
});

maliciousStorage('the Cloud Storage store', async (now) => {
  const { store, server, bucket } = await GcsFixture.start({ now, pageSize: 3 });
  return {
    store,
    remove: async (key) => bucket.erase(`logs/${key}`),
    plant: async (key, bytes) => void bucket.put({ name: `logs/${key}`, bytes }),
    close: () => server.close(),
  };
});
