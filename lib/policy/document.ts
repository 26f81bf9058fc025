import { findDuplicateMembers } from './duplicate-members';
import { AuditLogError } from './errors';
import { Place } from './place';

/** Twice the longest list of networks takes less than this. */
const MOST_BYTES = 1_048_576;

/** Invisible, and put there by some editors. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads a value from the text of a JSON document: at most 1 MiB of UTF-8, no member twice in one object.
 *
 * @param read reads the document's value, or reports what is wrong with it
 * @throws document-invalid, with every problem (up to 100) in `details.problems`, each with its own code and JSON path
 */
export function readDocument<T>(text: string, read: (value: unknown, at: Place) => T | undefined): T {
  const at = Place.root('$');
  const json = parseJson(text, at);
  const value = json && read(json.value, at);
  if (value === undefined || at.problems.length > 0) throw invalid(at.problems);
  return value;
}

/** The text of a JSON document: two spaces of indentation, a new line at the end. */
export function writeDocument(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function parseJson(text: string, at: Place): { value: unknown } | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    const allowed = `at most ${MOST_BYTES} bytes`;
    const fix = 'name fewer, larger networks';
    return at.report('document-too-large', { problem: 'the document is too large', given: bytes, allowed, fix });
  }
  if (text.startsWith(BYTE_ORDER_MARK)) {
    const problem = 'the text begins with a byte order mark, which is no JSON (RFC 8259 section 8.1)';
    return at.report('document-not-json', { problem, fix: 'save the file as UTF-8 without it' });
  }
  try {
    const value: unknown = JSON.parse(text);
    reportDuplicates(text, at);
    return { value };
  } catch (cause) {
    // The parser's message quotes the text, which must not send control characters to a terminal.
    const said = (cause as SyntaxError).message.slice(0, 200).replace(/[^ -~]/g, '?');
    const problem = `the text is not JSON: ${said}`;
    return at.report('document-not-json', { problem, fix: 'correct the JSON' });
  }
}

function reportDuplicates(text: string, at: Place): void {
  for (const { path, name } of findDuplicateMembers(text)) {
    const object = path.reduce<Place>(
      (spot, step) => (typeof step === 'string' ? spot.member(step) : spot.item(step)),
      at,
    );
    const problem = 'the member is given twice, and programs differ in which one they read';
    object.member(name).report('member-duplicate', { problem, fix: 'remove one of them' });
  }
}

function invalid(problems: readonly AuditLogError[]): AuditLogError {
  const problem = `the document has ${problems.length} problem${problems.length === 1 ? '' : 's'}`;
  return new AuditLogError('document-invalid', { problem, fix: 'correct each', problems });
}
