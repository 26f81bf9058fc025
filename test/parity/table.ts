import type { Becomes, Value } from './values';

/** The values with what they become, as a table in Markdown. What writers and readers, or writes and reads, have alike is one row. */
export function parityTable(values: readonly Value[]): string {
  const rows = new Map<string, string[]>();
  for (const value of values) {
    const { term, variant } = value;
    const cells = `| ${cell(value.aws)} | ${cell(value.google)} |`;
    const key = `${term.replace(/\b(writers|readers)\b/, 'clients').replace(/\b(writes|reads)\b/, 'traffic')} ${variant} ${cells}`;
    const said = variant === undefined ? `\`${term}\`` : `\`${term}\` (${variant})`;
    rows.set(key, [...(rows.get(key) ?? [`${cells}`]), said]);
  }
  const lines = [...rows.values()].map(([cells, ...terms]) => `| ${terms.join('<br>')} ${cells}`);
  return ['| in the policy | on AWS | on Google Cloud |', '|---|---|---|', ...lines].join('\n');
}

function cell(becomes: Becomes): string {
  if ('refused' in becomes) return `refused: \`${becomes.refused}\``;
  return becomes.map((each) => `\`${each}\``).join('<br>');
}
