import type { VegaLiteSpec } from '../../protocols/chart/chart-spec.ts';
import type { ChartScheme } from '../../protocols/chart/chart-theme.ts';

export interface PaintRequest {
  readonly id: number;
  readonly spec: VegaLiteSpec;
  readonly scheme: ChartScheme;
}

export type PaintReply =
  | { readonly id: number; readonly svg: string }
  | { readonly id: number; readonly error: string };
