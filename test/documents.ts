import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');

/** The text of a document, by its path from the root. */
export function read(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

/** The section of a document below a heading. */
export function section(text: string, heading: string): string {
  const found = text.split('\n## ').find((each) => each.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`no section ${heading}`);
  return found;
}

/** The blocks of a document that are in one language, as they are printed there. */
export function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm'))].map(
    ([, block = '']) => block,
  );
}

/**
 * What the compiler says of snippets, each as a module of its own.
 *
 * @param given what a snippet that imports nothing may rely on
 */
export function compile(snippets: readonly string[], given = ''): string[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const files = new Map(
    snippets.map((text, index) => [
      join(ROOT, `examples/snippet-${index}.ts`),
      /^import /m.test(text) ? text : `${given}\n${text}`,
    ]),
  );
  const settings = { ...options, noEmit: true, noUnusedLocals: false, declaration: false };
  const host = ts.createCompilerHost(settings);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
  };
  const program = ts.createProgram([...files.keys()], settings, host);
  return [...files.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}
