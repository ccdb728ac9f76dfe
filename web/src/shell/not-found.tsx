import { Link } from 'wouter';
import { Empty } from '../base/states.tsx';

export function NotFound() {
  return (
    <Empty title="Nothing is served at this address.">
      <Link href="/">All products</Link>
    </Empty>
  );
}
