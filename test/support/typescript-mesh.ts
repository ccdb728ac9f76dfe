/** A mesh with TypeScript over two products and over an external input, and an oracle of it that shares no code with Wharf. */
import { itemsSpec } from './mesh-folder.ts';

const spec = (name: string, rest: string) =>
  itemsSpec(rest).replace('product: test.items', `product: test.${name}`);

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly items: readonly { readonly sku: string; readonly count: number; readonly price: string }[];
}

export const TYPESCRIPT_MESH = {
  'orders.product.yaml': spec(
    'orders',
    `inputs: { push: { from: push } }
key: [id]
fields:
  id: { type: integer, required: true }
  customer: { type: string, required: true }
  items:
    type: array
    required: true
    items:
      type: object
      required: true
      fields:
        sku: { type: string, required: true }
        count: { type: integer, required: true, min: 0, max: 1000 }
        price: { type: "decimal(12,2)", required: true }
`,
  ),
  'customers.product.yaml': spec(
    'customers',
    'inputs: { push: { from: push } }\nkey: [name]\nfields: { name: { type: string, required: true }, country: { type: string, required: true } }\n',
  ),
  'lines.product.yaml': spec(
    'lines',
    `inputs: { orders: test.orders@1, customers: test.customers@1 }
transform: { typescript: lines.ts }
key: [order, line]
fields:
  order: { type: integer, required: true }
  line: { type: integer, required: true }
  sku: { type: string, required: true }
  country: string
  total: { type: "decimal(14,2)", required: true }
`,
  ),
  'lines.ts': `import { defineTransform } from 'wharf:test.lines';

export default defineTransform({
  orders(order, { lookup }) {
    const country = lookup.customers({ name: order.customer })?.country ?? null;
    return order.items.map((item, i) => {
      if (item.count === 0) throw new Error(\`nothing of \${item.sku}\`);
      return { order: order.id, line: i + 1, sku: item.sku, country, total: times(item.price, item.count) };
    });
  },
});

function times(price: string, count: number): string {
  const digits = String(BigInt(price.replace('.', '')) * BigInt(count)).padStart(3, '0');
  return \`\${digits.slice(0, -2)}.\${digits.slice(-2)}\`;
}
`,
  'words.product.yaml': spec(
    'words',
    `inputs: { source: { from: push, fields: { id: integer, text: string } } }
transform: { typescript: words.ts }
key: [id, word]
fields: { id: { type: integer, required: true }, word: { type: string, required: true, pattern: "^[a-z]+$" } }
`,
  ),
  'words.ts': `import { defineTransform } from 'wharf:test.words';

export default defineTransform({
  source({ id, text }) {
    if (id === null) throw new RangeError('a text without an id');
    return [...new Set(text?.split(' '))].map((word) => ({ id, word }));
  },
});
`,
};

/** The rows of `test.lines`, as the texts of their keys, countries and totals, in order. */
export function expectedLines(
  orders: ReadonlyMap<string, Order>,
  customers: ReadonlyMap<string, string>,
): string[] {
  const lines: string[] = [];
  for (const { id, customer, items } of orders.values()) {
    if (items.some(({ count }) => count === 0)) continue;
    for (const [i, { sku, count, price }] of items.entries()) {
      const cents = Math.round(Number(price) * 100) * count;
      lines.push(`${id} ${i + 1} ${sku} ${customers.get(customer) ?? 'null'} ${(cents / 100).toFixed(2)}`);
    }
  }
  return lines.sort();
}

/** Rows in JSON form as `expectedLines` writes them; their numbers are not touched. */
export function linesOf(ndjson: string): string[] {
  const form = /^\{"order":(\d+),"line":(\d+),"sku":"(\w+)","country":(?:"(\w+)"|(null)),"total":([\d.]+)\}$/;
  return ndjson
    .split('\n')
    .filter(Boolean)
    .map((row) => {
      const match = form.exec(row);
      if (!match) throw new Error(`no line: ${row}`);
      const [, order, line, sku, country, none, total] = match;
      return `${order} ${line} ${sku} ${country ?? none} ${total}`;
    })
    .sort();
}
