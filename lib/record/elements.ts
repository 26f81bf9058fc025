import { Malformed } from './malformed';

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The text without JSON's white space around it, in linear time (a regular expression for the end needs quadratic time). */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) {
    start++;
  }
  while (end > start && isSpace(text.charCodeAt(end - 1))) {
    end--;
  }
  return text.slice(start, end);
}

/**
 * Index of the quote that ends the JSON string whose first quote stands at `quote`.
 *
 * @throws Malformed when there is none
 */
export function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      return at;
    }
    if (code === 0x5c) {
      at++;
    }
  }
  throw new Malformed('a JSON string without an end');
}

/**
 * Calls back for the text of each element of a JSON array, or of each member of an object, with the white space around it. The elements
 * themselves are not checked.
 *
 * @param container begins with its bracket and ends with its closing bracket
 * @throws Malformed when brackets or quotes do not match
 */
export function eachElement(container: string, visit: (element: string) => void): void {
  const closing = container.startsWith('[') ? ']' : '}';
  let depth = 0;
  let start = 1;
  for (let at = 0; at < container.length; at++) {
    switch (container.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(container, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        break;
      case 0x2c: // ,
        if (depth === 1) {
          visit(container.slice(start, at));
          start = at + 1;
        }
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        if (depth === 0) {
          if (at !== container.length - 1 || container[at] !== closing) {
            throw new Malformed('a JSON array or object that goes on behind its end');
          }
          const last = container.slice(start, at);
          if (start > 1 || trimSpace(last) !== '') {
            visit(last);
          }
          return;
        }
        break;
    }
  }
  throw new Malformed('a JSON array or object without an end');
}
