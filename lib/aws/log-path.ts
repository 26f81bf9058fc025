/** One of the two ways to a log, which fail, move and are refused each on its own. */
export enum LogPath {
  /** Of writers: `ingest.<domain>`. */
  INGEST = 'ingest',
  /** Of readers: `query.<domain>`. */
  QUERY = 'query',
}
