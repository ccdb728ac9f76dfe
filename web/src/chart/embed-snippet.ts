import type { ProductDocument } from '../api/documents.ts';

export interface EmbedPlace {
  /** `http://127.0.0.1:7400` */
  readonly origin: string;
  readonly filters?: URLSearchParams;
}

/** A frame with the chart in it, as HTML to paste. */
export function embedSnippet({ name, _links }: ProductDocument, { origin, filters }: EmbedPlace): string {
  const query = filters && filters.size > 0 ? `?${filters}` : '';
  const address = attribute(`${origin}${_links.self.href}/embed${query}`);
  return `<iframe src="${address}" title="${attribute(name)}" width="100%" height="440" loading="lazy" style="border: 0"></iframe>`;
}

/** The origins whose pages may show it, as the spec says. */
export function framersOf({ ports }: ProductDocument): readonly string[] {
  const embed = ports.find(({ port }) => port === 'chart')?.options.embed;
  return Array.isArray(embed) ? embed.map(String) : [];
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
