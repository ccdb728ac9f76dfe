/** Draws charts in a thread of its own: Vega takes tens of milliseconds, which nobody else should wait for. */
import { parentPort } from 'node:worker_threads';
import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { chartTheme } from '../../protocols/chart/chart-theme.ts';
import type { PaintReply, PaintRequest } from './svg-messages.ts';

async function paint({ spec, scheme }: PaintRequest): Promise<string> {
  const config = { ...chartTheme(scheme), background: scheme === 'dark' ? '#171d24' : '#ffffff' } as Config;
  const compiled = compile(spec as unknown as TopLevelSpec, { config }).spec;
  // Names of columns are data: expressions are interpreted, and no code is ever made of them.
  const view = new View(parse(compiled, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'none',
  });
  return await view.toSVG();
}

parentPort?.on('message', async (request: PaintRequest) => {
  const reply = await paint(request).then(
    (svg): PaintReply => ({ id: request.id, svg }),
    (error: unknown): PaintReply => ({ id: request.id, error: String(error) }),
  );
  parentPort?.postMessage(reply);
});
