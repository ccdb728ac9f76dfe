import { checkMesh } from '../../runtime/check/check-mesh.ts';
import type { RowDifference } from '../../runtime/fixtures/compare-rows.ts';
import { type FixtureReport, type FixtureResult, runFixtures } from '../../runtime/fixtures/run-fixtures.ts';
import type { TestResult } from '../../runtime/fixtures/run-test.ts';
import { diagnosticToJson, printDiagnostic } from '../../spec/print-diagnostic.ts';
import type { Command } from '../command.ts';
import { FOLDER_ARGUMENT, meshFolder } from '../mesh-folder.ts';
import { meshInvalid } from '../mesh-invalid.ts';
import { plural } from '../plural.ts';
import type { Terminal } from '../terminal.ts';

/** Differences shown of one test; all are counted, and `--json` has them all. */
const DIFFERENCES_SHOWN_MAX = 20;

export const testCommand: Command = {
  name: 'test',
  summary: 'run the fixture tests of a mesh (*.test.yaml), without a server',
  arguments: [FOLDER_ARGUMENT],
  options: [{ flags: '--only <text>', doc: 'run only tests whose file, product or name holds this text' }],
  examples: ['wharf test', 'wharf test examples/skyline --only airport-delays', 'wharf test --json'],
  async run({ arguments: [folder], options, registries, terminal, signal }) {
    const startedMs = performance.now();
    const { mesh, diagnostics } = await checkMesh(meshFolder(folder), registries);
    if (!mesh) throw meshInvalid(diagnostics);
    const only = options.only as string | undefined;
    const report = await runFixtures({ mesh, registries, only, signal });
    const tests = report.results.flatMap((result) => result.tests);
    const failed = tests.filter((test) => test.differences.length > 0).length;
    const problems = report.diagnostics.length;
    const ok = failed + problems === 0 && !signal.aborted;
    if (terminal.json) terminal.printJson(jsonOf(report, { ok, tests: tests.length, failed }));
    else {
      printReport(terminal, report);
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      terminal.print(summaryOf(terminal, { tests: tests.length, failed, problems, seconds }));
    }
    return ok ? 0 : 1;
  },
};

function jsonOf(report: FixtureReport, counts: { ok: boolean; tests: number; failed: number }): unknown {
  const files = report.results.map(({ file, product, tests }) => ({
    file,
    product,
    tests: tests.map(({ name, place, differences }) => ({
      test: name,
      line: place.line,
      ok: differences.length === 0,
      differences: differences.map(({ step, what, place: at, difference }) => ({
        step,
        what,
        line: at.line,
        ...difference,
      })),
    })),
  }));
  return { ...counts, files, diagnostics: report.diagnostics.map(diagnosticToJson) };
}

interface Summary {
  readonly tests: number;
  readonly failed: number;
  readonly problems: number;
  readonly seconds: string;
}

function summaryOf(terminal: Terminal, { tests, failed, problems, seconds }: Summary): string {
  const broken = problems > 0 ? `, ${plural(problems, 'error')} in fixtures` : '';
  if (tests + problems === 0)
    return 'No tests. They are written as *.test.yaml: see docs/how-to/test-a-transform.md.';
  const text = `${plural(tests, 'test')}, ${failed} failed${broken} (${seconds} s)`;
  return terminal.style(failed + problems > 0 ? 'red' : 'green', text);
}

function printReport(terminal: Terminal, report: FixtureReport): void {
  for (const diagnostic of report.diagnostics)
    terminal.print(`${printDiagnostic(diagnostic, report.sources, { colour: terminal.colour })}\n`);
  for (const result of report.results) printFile(terminal, result);
}

function printFile(terminal: Terminal, { file, tests }: FixtureResult): void {
  terminal.print(terminal.style('bold', file));
  for (const test of tests) {
    const isOk = test.differences.length === 0;
    const mark = isOk ? terminal.style('green', 'ok  ') : terminal.style('red', 'FAIL');
    terminal.print(`  ${mark}  ${test.name}`);
    if (!isOk) printDifferences(terminal, file, test);
  }
}

function printDifferences(terminal: Terminal, file: string, { differences }: TestResult): void {
  let part = '';
  for (const { step, what, place, difference } of differences.slice(0, DIFFERENCES_SHOWN_MAX)) {
    const head = `step ${step}, ${what} (${file}:${place.line})`;
    if (head !== part) terminal.print(`        ${head}`);
    part = head;
    for (const line of linesOf(terminal, difference)) terminal.print(`          ${line}`);
  }
  const more = differences.length - DIFFERENCES_SHOWN_MAX;
  if (more > 0) terminal.print(`        and ${plural(more, 'more difference')}`);
}

function linesOf(terminal: Terminal, difference: RowDifference): string[] {
  switch (difference.kind) {
    case 'missing':
      return [terminal.style('red', `- expected, and not there: ${difference.row}`)];
    case 'unexpected':
      return [terminal.style('green', `+ there, and not expected: ${difference.row}`)];
    case 'different': {
      const fields = difference.fields.map(
        ({ field, expected, received }) => `    ${field}: expected ${expected}, received ${received}`,
      );
      return [`~ ${difference.row}`, ...fields];
    }
  }
}
