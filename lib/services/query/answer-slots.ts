import { AuditLogError } from '../../policy/errors';

/** How many answers may be searched for or on their way at once: bounds what slow readers hold in memory. */
const MOST_ANSWERS = 16;

/** How long a client may take to read an answer. */
const READ_WITHIN_MS = 30_000;

const CHUNK_BYTES = 256 * 1024;

/** Bounds how many answers are in progress. */
export class AnswerSlots {
  private taken = 0;

  /**
   * Takes a slot until `release`, which may be called more than once.
   *
   * @throws search-busy
   */
  public take(): { readonly release: () => void } {
    if (this.taken >= MOST_ANSWERS) {
      throw new AuditLogError('search-busy', {
        problem: `${MOST_ANSWERS} searches are in progress`,
        fix: 'try again in a moment',
      });
    }
    this.taken++;
    let isTaken = true;
    return {
      release: () => {
        if (isTaken) this.taken--;
        isTaken = false;
      },
    };
  }
}

/**
 * A body that tells when it was read, given up by the client, or not read in time.
 *
 * @param done called once it is over, at least once
 */
export function answerBody(bytes: Uint8Array, done: () => void): ReadableStream<Uint8Array> {
  let offset = 0;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(timer);
    done();
  };
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      timer = setTimeout(() => {
        controller.error(new Error('the client did not read the answer in time'));
        end();
      }, READ_WITHIN_MS).unref();
    },
    pull: (controller) => {
      if (offset < bytes.length) {
        controller.enqueue(bytes.subarray(offset, offset + CHUNK_BYTES));
        offset += CHUNK_BYTES;
      }
      if (offset >= bytes.length) {
        controller.close();
        end();
      }
    },
    cancel: end,
  });
}
