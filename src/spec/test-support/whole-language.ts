/** A mesh that writes every key of the language at least once, with the connectors of the examples. */
export const WHOLE_LANGUAGE: Readonly<Record<string, string>> = {
  'mesh.yaml': `mesh: skyline
doc: Airports and what happens there.
domains:
  airports:
  flights: { doc: What flies, owner: flight-operations }
teams:
  flight-operations: { doc: Runs flights, contact: ops@example.org, members: [ana, bo] }
  planning:
connections:
  archive: { type: folder, path: /srv/archive }
  vega: { type: folder, package: vega-datasets }
defaults: { owner: flight-operations, status: active, alignment: source, tier: bronze, history: 365d, access: [{ allow: [anyone] }] }
alerts:
  operations: { webhook: "https://example.com/alerts", style: slack, secret_variable: ALERT_SECRET, owners: [team-a], products: flights.departures }
  people: { email: { to: [owner, ana@example.org], smtp: "\${SMTP_URL}", from: wharf@example.org } }
serve: { tls: { certificate: /etc/wharf/cert.pem, key: ../key.pem }, tokens: required }
masks: { pii: { hash: true }, confidential: null }
policies:
  owned: { sql: select * from system.products where owner is null, severity: warning }
`,
  'airports/airports.product.yaml': `product: airports.airports
version: 1.0.0
purpose: Airports by code.
inputs:
  source:
    from: file
    connection: archive
    path: [airports.csv, more/*.csv]
    format: csv
    header: false
    batch: 10
    every: 5s
    token: \${TOKEN}
    replay: { by: updated }
key: [iata]
fields:
  iata: { type: string, length: 3, pattern: "^[A-Z0-9]+$", doc: The code, meaning: "https://schema.org/iataCode" }
  city: { type: string, length: { min: 1, max: 100 }, required: true, default: unknown }
  kind: { type: string, enum: [large, small], reduce: first, class: public }
  fee: { type: decimal(6,2), min: 0, max: 9999.99, unit: USD, reduce: sum }
  at: { type: timestamp, zone: local, deprecated: Use opened. }
  opened: date
  owner: { type: string, format: email, class: [pii, confidential] }
  code: { type: integer, unique: true }
  place: { type: object, fields: { lat: number, lon: { type: number, min: -180 } }, reduce: merge }
  tags: { type: array, items: string, length: { max: 9 }, reduce: set }
  raw: json
  logo: bytes
extra: keep
outputs:
  rest: { order: city }
  files: { formats: [csv] }
  stream:
`,
  'flights/delays.product.yaml': `product: flights.delays
version: 2.1.0-beta.1
status: draft
owner: planning
alignment: aggregate
tier: gold
purpose: Delay per airport and day.
doc: |
  More about it.
tags: [delay, day]
inputs:
  airports: airports.airports@1
  again: { product: airports.airports@1 }
transform: { sql: delays.sql, mode: rekey, every: 1h }
datasets:
  by-day:
    key: [airport, day]
    extra: refuse
    fields:
      airport: airports.airports.iata
      day: { type: date, doc: Local day }
      city: { from: airports.airports.city, doc: Where, required: true }
  by-month:
    key: row
    fields:
      month: integer
history: 30d
slo: { freshness: 26h, availability: 99.5%, completeness: 99%, latency: { within: 1s, share: 95% }, delivery_lag: 10m }
gate: true
checks:
  - rows: { min: 1, max: 1000 }
  - nulls: { field: city, max: 1% }
  - fresh: { field: day, max: 30d }
  - unique: [airport, day]
    tolerance: 99.99%
  - references: airport -> airports.airports.iata
  - values: { field: month, in: [1, 2, 3] }
  - pattern: { field: city, matches: "^[A-Z]" }
  - fresh: 1h
  - volume: { window: 7d, change: 50% }
  - distribution: { field: month, window: 7d, change: 20% }
  - sql: select count(*) from {table} where month < 1
    is: 0
    name: months
    severity: warning
    on: batch
access:
  - { allow: [team:planning], ports: [sql, rest], actions: [read], purpose: capacity planning, until: 2027-12-31 }
  - { allow: anyone, rows: "city = 'Dallas'", mask: { city: null } }
  - { deny: [user:bo] }
`,
  'flights/delays.sql': 'select * from airports\n',
};
