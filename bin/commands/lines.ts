import { AuditLogError } from '../../lib/policy/errors';

const NEW_LINE = 0x0a;

/** One line of an input. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its `\n`. */
  readonly bytes: Buffer;
}

/**
 * Splits a stream at each `\n` and nowhere else: carriage returns and U+2028 may stand inside JSON.
 *
 * @param most bytes that a line may have
 * @throws line-too-large
 */
export async function* linesOf(input: AsyncIterable<Buffer>, most: number): AsyncGenerator<Line> {
  let number = 0;
  let rest: Buffer[] = [];
  let restSize = 0;
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
      number++;
      yield { number, bytes: bounded([...rest, chunk.subarray(start, end)], number, most) };
      rest = [];
      restSize = 0;
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
    restSize += chunk.length - start;
    if (restSize > most) {
      bounded(rest, number + 1, most);
    }
  }
  if (restSize > 0) {
    yield { number: number + 1, bytes: bounded(rest, number + 1, most) };
  }
}

function bounded(parts: readonly Buffer[], number: number, most: number): Buffer {
  const bytes = Buffer.concat(parts);
  if (bytes.length <= most) {
    return bytes;
  }
  throw new AuditLogError('line-too-large', {
    problem: `line ${number} of the input is too long to be sent`,
    allowed: `${most} bytes`,
    fix: 'what stands before it was sent; keep that event elsewhere and append its hash',
  });
}
