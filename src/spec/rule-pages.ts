import { EVERYTHING_AVAILABLE } from './availability.ts';
import { loadTexts } from './load-texts.ts';
import { printDiagnostic } from './print-diagnostic.ts';
import { ALL_RULES } from './rules/all-rules.ts';
import { EXAMPLE_DECLARATIONS } from './rules/example-mesh.ts';
import type { Example, Rule } from './rules/rule.ts';

/**
 * The reference of all rules: Markdown by file name, a page a rule and `rules/README.md`, which lists them.
 * What a bad example prints is what it really prints.
 */
export function rulePages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([['rules/README.md', indexPage()]]);
  for (const rule of ALL_RULES) pages.set(`rules/${fileNameOf(rule)}`, rulePage(rule));
  return pages;
}

function fileNameOf(rule: Rule): string {
  return `${rule.code.toLowerCase().replaceAll('_', '-')}.md`;
}

function indexPage(): string {
  const rows = ALL_RULES.map(
    (rule) => `| [${rule.code}](${fileNameOf(rule)}) | ${rule.law.replaceAll('|', '\\|')} |`,
  );
  const intro = 'What `wharf check` holds every mesh to. All problems of a mesh are told in one run.';
  return `# Rules of the spec\n\n${intro}\n\n| code | law |\n|---|---|\n${rows.join('\n')}\n`;
}

function rulePage(rule: Rule): string {
  const parts = [
    `# ${rule.code}`,
    rule.law,
    '## Refused',
    ...examplePart(rule.bad),
    fenced('text', printedFor(rule)),
    `**What to do**: ${rule.hint}`,
    '## Accepted',
    ...examplePart(rule.good),
  ];
  return `${parts.join('\n\n')}\n`;
}

function examplePart(example: Example): string[] {
  return Object.entries(example).flatMap(([file, text]) => [
    `\`${file}\``,
    fenced(languageOf(file), text.trimEnd()),
  ]);
}

function languageOf(file: string): string {
  return file.endsWith('.sql') ? 'sql' : 'yaml';
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function printedFor(rule: Rule): string {
  const options = { declarations: EXAMPLE_DECLARATIONS, availability: EVERYTHING_AVAILABLE };
  const { diagnostics, sources } = loadTexts(rule.bad, options);
  return diagnostics
    .map((diagnostic) => printDiagnostic(diagnostic, sources, { colour: false }))
    .join('\n\n');
}
