import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { Shape } from '../grammar/shape.ts';
import type { FileProblem } from '../source/find-spec-files.ts';
import type { SpecNode } from '../source/node.ts';
import type { YamlProblemKind } from '../source/yaml-problems.ts';

/** One thing that breaks a law. */
export interface Problem {
  readonly at: SpecNode;
  /** One sentence, the value in quotes. */
  readonly message: string;
  readonly expected?: string | undefined;
  readonly received?: string | undefined;
  /** The rule's own hint when left out or empty. */
  readonly hint?: string | undefined;
}

export type Report = (problem: Problem) => void;

/** Files of a mesh by path; a `mesh.yaml` is added when there is none. */
export type Example = Readonly<Record<string, string>>;

/**
 * A law that every mesh must keep. A rule looks at one thing only and tolerates whatever else is broken.
 *
 * It may answer for what reading found (`reads`), visit every node beside the shape that it should have (`visit`), or
 * look at the mesh as a whole (`check`).
 */
export interface Rule {
  /** `SPEC_UNKNOWN_KEY`. */
  readonly code: string;
  /** What must hold, in one sentence. */
  readonly law: string;
  /** What to do about it. */
  readonly hint: string;
  /** Files that break the law, and the same files keeping it; both are run by the tests and for the reference. */
  readonly bad: Example;
  readonly good: Example;
  readonly reads?: readonly (YamlProblemKind | FileProblem['kind'])[];
  visit?(node: SpecNode, shape: Shape, report: Report): void;
  check?(mesh: MeshDraft, report: Report): void;
}
