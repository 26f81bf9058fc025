import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eachLine, LogName, parseEntry, parseSegment, parseVkey, type VerifierKey } from '../../../lib/record';
import type { IngestSettings } from '../../../lib/services/ingest/config';
import { FileSigner } from '../../../lib/services/signer/file';
import { FileStoreReader } from '../../../lib/services/store/file-reader';

export const LOG = new LogName('acme', 'local');

/** A folder with an admission key, a store and a place for a socket. */
export interface NodeFolder {
  readonly settings: IngestSettings;
  readonly admission: VerifierKey;
  /** The JSON values of all stored events and texts, in the order of their shards' names and indices. */
  stored(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function makeNodeFolder(settings: Partial<IngestSettings> = {}): Promise<NodeFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'ingest-'));
  const { vkey } = await FileSigner.create(join(folder, 'admission.pem'), LOG.admission);
  return {
    settings: {
      origin: LOG.origin,
      store: `file:${join(folder, 'store')}`,
      admissionKey: `file:${join(folder, 'admission.pem')}`,
      listen: join(folder, 'node.sock'),
      writerSource: 'anonymous',
      paceMs: 5,
      memoryBytes: 64 * 1024 * 1024,
      ...settings,
    },
    admission: parseVkey(vkey),
    stored: () => readStored(join(folder, 'store')),
    // A node that was given up may still be writing.
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  };
}

async function readStored(root: string): Promise<string[]> {
  const store = await FileStoreReader.open(root);
  const values: string[] = [];
  for await (const { key } of store.list(`${LOG.prefix}entries/`)) {
    const bytes = await store.get(key);
    eachLine(parseSegment(bytes as Buffer).lines, (line) => {
      const { kind, json } = parseEntry(line.toString());
      if (kind === 'event' || kind === 'text') {
        values.push(json);
      }
    });
  }
  return values;
}
