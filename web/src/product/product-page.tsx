import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { productQuery } from '../api/queries.ts';
import { Tag } from '../base/parts.tsx';
import { Loaded } from '../base/states.tsx';
import { useTitle } from '../base/use-title.ts';

interface ProductPageProps {
  readonly name: string;
  readonly major: string | undefined;
  readonly view: string | undefined;
}

export function ProductPage({ name, major }: ProductPageProps) {
  const query = useQuery(productQuery({ name, major }));
  useTitle(name);
  return (
    <Loaded query={query} rows={14}>
      {(product) => (
        <header className="stack">
          <Link href="/">{product.domain}</Link>
          <h1>{product.name}</h1>
          <p className="lead">{product.purpose}</p>
          <Tag tone={product.tier}>{product.tier}</Tag>
        </header>
      )}
    </Loaded>
  );
}
