import { Link, useLocation } from 'wouter';
import type { ProductDocument } from '../../../src/runtime/http/product-document.ts';
import { Tag } from '../base/parts.tsx';

export function ProductHeader({ product }: { readonly product: ProductDocument }) {
  const { name, domain, tier, alignment, status, purpose, tags } = product;
  return (
    <header className="product-head">
      <div className="row small">
        <Link href="/">Products</Link>
        <span className="soft">/</span>
        <Link href={`/?domain=${encodeURIComponent(domain)}`}>{domain}</Link>
      </div>
      <div className="row">
        <h1>{name}</h1>
        <VersionChoice product={product} />
        <Tag tone={tier}>{tier}</Tag>
        <Tag>{alignment}</Tag>
        <Tag tone={status === 'active' ? 'good' : 'warn'}>{status}</Tag>
        {tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
      </div>
      <p className="lead">{purpose}</p>
    </header>
  );
}

function VersionChoice({ product }: { readonly product: ProductDocument }) {
  const [, navigate] = useLocation();
  const { versions, version } = product;
  if (versions.length < 2) return <span className="soft mono">{version}</span>;
  return (
    <select
      className="version mono"
      aria-label="Version"
      value={product._links.self.href}
      onChange={(event) => navigate(event.currentTarget.value)}
    >
      {versions.map((each) => (
        <option key={each.href} value={each.href}>
          {each.version} {each.status === 'active' ? '' : each.status}
        </option>
      ))}
    </select>
  );
}
