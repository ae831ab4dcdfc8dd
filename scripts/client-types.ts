import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { apiDocument } from './api-document';

/** Where the generated part of the TypeScript client is. */
export const CLIENT_TYPES = 'clients/typescript/generated/api.ts';

const HEADER = '// Generated from the OpenAPI document by `npm run docs`. Do not edit.\n\n';

/** The generated part of the TypeScript client: the types of every route, and which of them can be repeated safely. */
export async function clientTypes(): Promise<string> {
  const document = apiDocument('https://provisioner.example.com');
  const nodes = await openapiTS(JSON.stringify(withoutProblems(document)));
  const types = astToString(
    nodes.filter(ts.isInterfaceDeclaration).map((node) => (isComponents(node) ? withUndefined(node) : node)),
  );
  const idempotent = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    item?.post?.parameters?.some((parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key')
      ? [path]
      : [],
  );
  const list = `\n/** Paths whose POST accepts an \`Idempotency-Key\`, and can therefore be repeated safely. */
export const IDEMPOTENT_PATHS: ReadonlySet<string> = new Set(${JSON.stringify(idempotent)});\n`;
  return format(HEADER + types + list, { ...(await resolveConfig(CLIENT_TYPES)), parser: 'typescript' });
}

/** The client throws problems as `ApiError`, so answers need no types for them, which would be most of the text. */
function withoutProblems(document: ReturnType<typeof apiDocument>): object {
  const answersOnly = (name: string, value: unknown): unknown =>
    name === 'responses' && typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).filter(([status]) => status.startsWith('2')))
      : value;
  return JSON.parse(JSON.stringify(document, answersOnly)) as object;
}

function isComponents({ name }: ts.InterfaceDeclaration): boolean {
  return name.text === 'components';
}

/** Optional fields may also be undefined, which JSON leaves out; otherwise `exactOptionalPropertyTypes` would refuse such orders. */
function withUndefined(root: ts.Node): ts.Node {
  const { factory } = ts;
  const visit = (node: ts.Node): ts.Node => {
    const whole = ts.visitEachChild(node, visit, undefined);
    if (!ts.isPropertySignature(whole) || !whole.questionToken || !whole.type) return whole;
    // `unknown` allows it anyway.
    if ([ts.SyntaxKind.NeverKeyword, ts.SyntaxKind.UnknownKeyword].includes(whole.type.kind)) return whole;
    const type = factory.createUnionTypeNode([
      whole.type,
      factory.createKeywordTypeNode(ts.SyntaxKind.UndefinedKeyword),
    ]);
    return ts.setTextRange(
      factory.updatePropertySignature(whole, whole.modifiers, whole.name, whole.questionToken, type),
      whole,
    );
  };
  return visit(root);
}
