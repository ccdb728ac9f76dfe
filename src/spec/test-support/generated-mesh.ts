/**
 * A mesh of any size: products of about 30 lines, the second half reading two products of the first half each, with reused
 * fields and a transform.
 */
export function generatedMesh(products: number): Map<string, string> {
  const sources = Math.ceil(products / 2);
  const files = new Map<string, string>([['mesh.yaml', MESH]]);
  for (let at = 0; at < products; at++) {
    const [folder, text] = at < sources ? ['sources', sourceText(at)] : ['derived', derivedText(at, sources)];
    files.set(`${folder}/p-${at}.product.yaml`, text);
  }
  return files;
}

const MESH = `mesh: generated
teams:
  operations: { contact: operations@example.org }
domains:
  source: {}
  derived: {}
`;

function sourceText(at: number): string {
  return `# Number ${at}
product: source.p-${at}
version: 1.${at}.0
status: active
owner: operations
alignment: source
tier: silver
purpose: Delay minutes per airport and day, for planning and for the scorecard.
doc: |
  Captured every night.
  Nothing is changed.
tags: [daily, airports]

inputs:
  files:
    from: file
    path: data/p-${at}/*.csv
    format: csv

key: [airport, day]
fields:
  airport: { type: string, length: 3, pattern: "^[A-Z0-9]{3}$", required: true, doc: IATA code }
  day: { type: date, min: 1990-01-01, doc: Local day of departure }
  flights: { type: integer, min: 1, required: true }
  delay_minutes: { type: integer, required: true, unit: minutes, reduce: sum }
  cost: { type: decimal(12,2), min: 0, max: 9999999999.99 }
  kind: { type: string, enum: [domestic, international], default: domestic }
  place: { type: object, fields: { latitude: number, longitude: number } }
  note: string

slo: { freshness: 26h, availability: 99.5%, completeness: 99% }
outputs:
  rest: {}
  stream: {}
  files: { formats: [parquet, csv, xlsx] }
`;
}

function derivedText(at: number, sources: number): string {
  const [one, other] = [at % sources, (at * 7 + 1) % sources];
  return `# Number ${at}
product: derived.p-${at}
version: 2.0.${at}
status: active
owner: operations
alignment: aggregate
tier: silver
purpose: Delay minutes per airport, for planning and for the scorecard.

inputs:
  one: source.p-${one}@1
  other: source.p-${other}@1
transform:
  sql: |
    select one.airport, sum(one.delay_minutes) as delay_minutes, max(other.cost) as cost
    from one join other using (airport, day)
    group by one.airport

key: [airport]
fields:
  airport: source.p-${one}.airport
  delay_minutes: { type: integer, required: true, unit: minutes }
  cost: { from: source.p-${other}.cost, doc: The largest cost of a day }

slo: { freshness: 26h, availability: 99.5% }
outputs:
  rest: { order: delay_minutes }
  files: { formats: [parquet, csv] }
access:
  - { allow: [anyone] }
  - { allow: [team:operations], ports: [rest, stream], purpose: planning }
`;
}
