import { readFileSync } from 'node:fs';

/**
 * Reads a document of a file. An app and a command read several, so that every error says which, and where it is.
 *
 * @param name what the document is: `policy` or `deployment`
 * @param parse reads the document's text
 */
export function namedDocument<T>(name: string, file: string, parse: (text: string) => T): T {
  const text = textOf(name, file);
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${name} ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function textOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(
      `${name} ${file}: the file cannot be read (${code}); give the path of a JSON document [document-unreadable]`,
      { cause },
    );
  }
}
