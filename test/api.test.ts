import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const LIB = join(__dirname, '../lib');
const MODULES = ['policy', 'aws', 'google'];

/** Answers, never switches: a switch is two factories. */
const BOOLEANS = ['AllowList.isInternet', 'Retention.isDisposable', 'RetentionPreset.isDisposable'];

const MOST_PROPS = 8;

/** One exported declaration, or a member of one. */
interface Entry {
  readonly name: string;
  readonly node: ts.NamedDeclaration;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** All that the `index.ts` of a module gives away, by name; it may only re-export whole files. */
function exportsOf(index: string): Entry[] {
  return parse(index).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) throw new Error(`${index} does more than export: ${statement.getText()}`);
    const { exportClause, moduleSpecifier } = statement;
    if (moduleSpecifier === undefined) return [];
    if (exportClause !== undefined && ts.isNamespaceExport(exportClause)) {
      return [{ name: exportClause.name.text, node: exportClause }];
    }
    if (exportClause !== undefined) throw new Error(`${index} exports by name: ${statement.getText()}`);
    return declarations(parse(join(dirname(index), `${(moduleSpecifier as ts.StringLiteral).text}.ts`)));
  });
}

function declarations(source: ts.SourceFile): Entry[] {
  return source.statements.flatMap((statement): Entry[] => {
    const isExported = ts.canHaveModifiers(statement) && has(statement, ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map((node) => ({ name: node.name.getText(), node }));
    }
    const node = statement as ts.DeclarationStatement;
    return [{ name: node.name?.getText() ?? 'default', node }];
  });
}

function has(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}

/** The members that users of the package see, with the properties that a constructor's parameters declare. */
function members({ name, node }: Entry): Entry[] {
  if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node) && !ts.isEnumDeclaration(node)) return [];
  const own: ts.NamedDeclaration[] = [...node.members];
  const constructors = own.filter((member) => ts.isConstructorDeclaration(member));
  const parameters = constructors.flatMap((each) =>
    each.parameters.filter((it) => has(it, ts.SyntaxKind.PublicKeyword)),
  );
  return [...own.filter((member) => !ts.isConstructorDeclaration(member)), ...parameters]
    .filter((member) => !has(member, ts.SyntaxKind.PrivateKeyword) && !has(member, ts.SyntaxKind.ProtectedKeyword))
    .filter((member) => !ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal'))
    .map((member) => ({ name: `${name}.${member.name?.getText()}`, node: member }));
}

function summary(node: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return docs
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
    .join('')
    .trim();
}

function isProperty(node: ts.Node): node is ts.PropertySignature | ts.PropertyDeclaration | ts.ParameterDeclaration {
  return ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isParameter(node);
}

function defaultOf(node: ts.Node): string {
  const tag = ts.getJSDocTags(node).find((each) => each.tagName.text === 'default');
  return ts.getTextOfJSDocComment(tag?.comment)?.trim() ?? '';
}

/** Names of members that interfaces and classes above this one have told about; these need not be exported. */
function inherited({ node }: Entry, bases: readonly Entry[]): string[] {
  if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node)) return [];
  const names = (node.heritageClauses ?? []).flatMap((clause) => clause.types.map((type) => type.expression.getText()));
  return bases
    .filter((base) => names.includes(base.name))
    .flatMap((base) => [...told(members(base)), ...inherited(base, bases)]);
}

function told(entries: readonly Entry[]): string[] {
  return entries.filter((entry) => summary(entry.node) !== '').map((entry) => entry.node.name?.getText() ?? '');
}

/**
 * Everything in a module's API that breaks a rule of ours.
 *
 * @param bases where to look for what the entries extend or implement
 */
function faults(entries: readonly Entry[], bases: readonly Entry[]): string[] {
  const found: string[] = [];
  for (const entry of entries) {
    const { name, node } = entry;
    const isKnown = ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node);
    if (!isKnown) found.push(`${name}: jsii knows classes, interfaces and enums only`);
    const all = members(entry);
    const known = inherited(entry, bases);
    for (const each of [entry, ...all]) {
      if (summary(each.node) === '' && !known.includes(each.node.name?.getText() ?? ''))
        found.push(`${each.name}: no summary`);
    }
    for (const each of all) found.push(...propertyFaults(each));
    const isStruct = ts.isInterfaceDeclaration(node) && !/^I[A-Z]/.test(name);
    if (isStruct && all.length > MOST_PROPS) found.push(`${name}: more than ${MOST_PROPS} props`);
  }
  return found;
}

function propertyFaults({ name, node }: Entry): string[] {
  if (!isProperty(node)) return [];
  const found: string[] = [];
  const isBoolean = node.type?.getText().replace(/ \| undefined$/, '') === 'boolean';
  if (isBoolean && !BOOLEANS.includes(name)) found.push(`${name}: a boolean`);
  if (node.questionToken !== undefined && !/^(?!.*\bundefined\b)./.test(defaultOf(node))) {
    found.push(`${name}: optional without a @default that says what happens`);
  }
  return found;
}

test.each(MODULES)('the API of ./%s breaks no rule', (module) => {
  const folder = join(LIB, module);
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const bases = files.flatMap((file) => declarations(parse(join(folder, file))));
  expect(faults(exportsOf(join(folder, 'index.ts')), bases)).toEqual([]);
});

test('the root exports its modules', () => {
  expect(exportsOf(join(LIB, 'index.ts')).map((entry) => entry.name)).toEqual(['aws', 'google', 'policy']);
});

test('./policy exports these names', () => {
  expect(exportsOf(join(LIB, 'policy/index.ts')).map((entry) => entry.name)).toEqual([
    'AccessProps',
    'Access',
    'AllowList',
    'AuditLogPolicyProps',
    'AuditLogPolicy',
    'AuthenticationKind',
    'JwtTrust',
    'Authentication',
    'ClientPrefixListProps',
    'ClientPrefixList',
    'DeploymentProps',
    'Deployment',
    'DnsZoneProps',
    'DnsZone',
    'ExternalRegionProps',
    'ExternalRegion',
    'OrganizationProps',
    'Organization',
    'PathAddressesProps',
    'PathAddresses',
    'PathDeploymentProps',
    'PathDeployment',
    'PeriodUnit',
    'Period',
    'RateLimitProps',
    'RateLimit',
    'RegionProps',
    'Region',
    'RegionDeploymentProps',
    'RegionDeployment',
    'Residency',
    'Retention',
    'RetentionMode',
    'RetentionPreset',
    'RoutingKind',
    'Routing',
    'ServiceImageProps',
    'ServiceImage',
    'StoredObjectProps',
    'StoredObject',
    'TrafficProps',
    'Traffic',
    'TrustedAuthoritiesProps',
    'TrustedAuthorities',
    'WatchProps',
    'Watch',
  ]);
});

test.each([
  ['a function', '/** Does. */ export function run(): void {}', ['run: jsii knows classes, interfaces and enums only']],
  ['a constant', '/** Is. */ export const one = 1;', ['one: jsii knows classes, interfaces and enums only']],
  ['a class without summary', 'export class Car {}', ['Car: no summary']],
  [
    'a member without summary',
    '/** Drives. */ export class Car { public drive(): void {} }',
    ['Car.drive: no summary'],
  ],
  ['a choice without summary', '/** Colours. */ export enum Colour { RED }', ['Colour.RED: no summary']],
  [
    'only tags',
    '/** Drives. */ export class Car { /** @returns far */ public drive(): void {} }',
    ['Car.drive: no summary'],
  ],
  [
    'a parameter property without summary',
    '/** Drives. */ export class Car { private constructor(public readonly seats: number) {} }',
    ['Car.seats: no summary'],
  ],
  [
    'an optional prop without default',
    '/** Parts. */ export interface CarProps { /** Doors. */ readonly doors?: number; }',
    ['CarProps.doors: optional without a @default that says what happens'],
  ],
  [
    'an optional prop whose default says nothing',
    '/** Parts. */ export interface CarProps { /** Doors. @default undefined */ readonly doors?: number; }',
    ['CarProps.doors: optional without a @default that says what happens'],
  ],
  [
    'a boolean',
    '/** Parts. */ export interface CarProps { /** Fast. */ readonly fast: boolean; }',
    ['CarProps.fast: a boolean'],
  ],
  [
    'nine props',
    `/** Parts. */ export interface CarProps { ${'abcdefghi'.replace(/./g, '/** Part. */ readonly $&: number; ')} }`,
    ['CarProps: more than 8 props'],
  ],
  [
    'nothing wrong',
    '/** Drives. */ export class Car { /** @internal */ public _go(): void {} private stop(): void {} }',
    [],
  ],
])('the rules find %s', (_, text, expected) => {
  // The compiler takes a comment for documentation only where it begins a line.
  const source = ts.createSourceFile('car.ts', text.replaceAll('/**', '\n/**'), ts.ScriptTarget.Latest, true);
  expect(faults(declarations(source), declarations(source))).toEqual(expected);
});
