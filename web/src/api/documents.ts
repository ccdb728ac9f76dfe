/** The answers that pages show, by the types of what gives them. */

import type { platformStatus } from '../../../src/runtime/product-status.ts';
import type { qualityReport } from '../../../src/runtime/quality/quality-report.ts';
import type { sloDocument } from '../../../src/runtime/quality/slo-document.ts';

export type QualityDocument = ReturnType<typeof qualityReport>;
export type SloDocument = Awaited<ReturnType<typeof sloDocument>>;
export type { ProductDocument } from '../../../src/runtime/http/product-document.ts';
export type {
  LineageDocument,
  LineageNode,
  ProductNode,
} from '../../../src/runtime/lineage/lineage-document.ts';
export type { ProductLineage } from '../../../src/runtime/lineage/lineage-routes.ts';
export type { FieldProfile, Profile } from '../../../src/runtime/profile/profile-service.ts';
export type { UsageReport } from '../../../src/runtime/reads/usage-report.ts';

export interface StatusDocument {
  readonly mesh: string;
  readonly version: string;
  readonly pid: number;
  readonly memory: { readonly main: number; readonly engines: number };
  readonly journal: { readonly commits: number; readonly records: number; readonly bytes: number };
  readonly products: Awaited<ReturnType<typeof platformStatus>>;
}

export type Row = Readonly<Record<string, unknown>>;

export interface RowsDocument {
  readonly position: number;
  readonly rows: readonly Row[];
  readonly count?: number;
  readonly _links: { readonly next?: { readonly href: string } };
}
