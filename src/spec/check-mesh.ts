/** From the texts of a mesh's files to the checked model; no disk but through MeshFiles, no clock. */
import type { Declarations } from '../schema/options.ts';
import { AVAILABILITY, type Availability } from './availability.ts';
import { buildMesh } from './build/build-mesh.ts';
import { type Diagnostic, orderDiagnostics } from './diagnostic.ts';
import { DiagnosticList, ruleReading } from './diagnostic-list.ts';
import { draftMesh } from './draft/draft-mesh.ts';
import type { MeshDraft } from './draft/mesh-draft.ts';
import { meshGrammar } from './grammar/mesh-grammar.ts';
import { productGrammar } from './grammar/product-grammar.ts';
import type { Shape } from './grammar/shape.ts';
import { walkShape } from './grammar/walk-shape.ts';
import type { Mesh } from './model.ts';
import { ALL_RULES } from './rules/all-rules.ts';
import type { FoundFile } from './source/find-spec-files.ts';
import type { MeshFiles } from './source/mesh-files.ts';
import { pointIn, type SpecNode } from './source/node.ts';
import { readYaml } from './source/read-yaml.ts';
import { SpecFile } from './source/spec-file.ts';

export interface CheckedFiles {
  /** Undefined when there is any error. */
  readonly mesh: Mesh | undefined;
  /** In the order of their places. */
  readonly diagnostics: Diagnostic[];
}

export interface CheckOptions {
  readonly declarations: Declarations;
  /** What counts as built; what this version has built when left out. */
  readonly availability?: Availability;
}

/** Checks the found files as one mesh. Bad content never throws. */
export function checkFiles(
  found: readonly FoundFile[],
  files: MeshFiles,
  options: CheckOptions,
): CheckedFiles {
  const diagnostics = new DiagnosticList();
  const read = readAll(found, diagnostics);
  const { declarations, availability = AVAILABILITY } = options;
  const draft = draftMesh({ ...read, files, declarations, availability });
  if (read.meshRoot) visitRoot(read.meshRoot, meshGrammar, diagnostics);
  const grammar = productGrammar(declarations);
  for (const root of read.productRoots) visitRoot(root, grammar, diagnostics);
  for (const rule of ALL_RULES) rule.check?.(draft, (problem) => diagnostics.add(rule, problem));
  const all = orderDiagnostics(diagnostics.list);
  const isBroken = all.some((diagnostic) => diagnostic.severity === 'error');
  return { mesh: isBroken ? undefined : buildMesh(draft), diagnostics: all };
}

interface ReadFiles {
  readonly meshRoot: SpecNode | undefined;
  readonly meshFile: MeshDraft['meshFile'];
  readonly productRoots: readonly SpecNode[];
  readonly unread: ReadonlySet<string>;
}

function readAll(found: readonly FoundFile[], diagnostics: DiagnosticList): ReadFiles {
  const productRoots: SpecNode[] = [];
  const unread = new Set<string>();
  let meshRoot: SpecNode | undefined;
  let meshFile: MeshDraft['meshFile'] = 'absent';
  for (const one of found) {
    const root = readOne(one, diagnostics);
    if (one.path === 'mesh.yaml') {
      meshRoot = root === 'unread' ? undefined : root;
      meshFile = root === 'unread' ? 'unread' : root ? 'read' : 'empty';
    } else if (root === 'unread') {
      const name = one.text === undefined ? undefined : guessName(one.text);
      if (name !== undefined) unread.add(name);
    } else {
      productRoots.push(root ?? emptyRoot(one));
    }
  }
  return { meshRoot, meshFile, productRoots, unread };
}

function readOne(found: FoundFile, diagnostics: DiagnosticList): SpecNode | undefined | 'unread' {
  if (found.problem) {
    const { kind, message, hint } = found.problem;
    const at = pointIn(new SpecFile(found.path, ''), 0);
    diagnostics.add(ruleReading(kind), { at, message, hint });
    return 'unread';
  }
  const { root, problems } = readYaml(new SpecFile(found.path, found.text ?? ''));
  for (const { kind, ...problem } of problems) diagnostics.add(ruleReading(kind), problem);
  return root === undefined && problems.length > 0 ? 'unread' : root;
}

/** An empty file lacks everything that a product must have, and is told so. */
function emptyRoot(found: FoundFile): SpecNode {
  return { kind: 'map', file: new SpecFile(found.path, found.text ?? ''), start: 0, end: 0, entries: [] };
}

/** So that a reference to a product in a file with a typing error is not called unknown besides. */
function guessName(text: string): string | undefined {
  return /^product:\s*["']?([a-z0-9.-]+)/m.exec(text)?.[1];
}

const VISITING = ALL_RULES.filter((rule) => rule.visit !== undefined);

function visitRoot(root: SpecNode, grammar: Shape, diagnostics: DiagnosticList): void {
  walkShape(root, grammar, (node, shape) => {
    for (const rule of VISITING) rule.visit?.(node, shape, (problem) => diagnostics.add(rule, problem));
  });
}
