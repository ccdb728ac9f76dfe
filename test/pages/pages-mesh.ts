/** A small mesh with what pages must survive: a derived product, a gate, and texts that would like to be markup. */
import { meshFolder } from '../support/mesh-folder.ts';

export const HOSTILE = {
  markup: '<img src=x onerror="alert(1)">',
  link: 'javascript:alert(2)',
  turned: 'abc\u202Etxt.exe',
  long: 'x'.repeat(10_000),
  script: '</script><script>alert(3)</script>',
} as const;

const DEPARTURES = `product: flights.departures
version: 1.0.0
status: active
owner: operations
alignment: source
tier: silver
purpose: Every departure with its delay.
doc: Departures as they were flown.
inputs: { more: { from: push } }
key: [flight]
fields:
  flight: { type: integer, doc: Number of the flight }
  day: { type: date, required: true }
  origin: { type: string, required: true, doc: IATA code }
  delay: { type: integer, required: true, unit: minutes, max: 999 }
slo: { freshness: 1d, completeness: 50% }
access: [{ allow: [anyone] }]
`;

const DELAYS = `product: flights.airport-delays
version: 1.0.0
status: active
owner: operations
alignment: aggregate
tier: silver
purpose: Delay per airport.
inputs: { departures: flights.departures@1 }
transform: { sql: "select origin as airport, sum(delay)::bigint as delay_minutes, count(*) as flights from departures group by origin" }
key: [airport]
fields: { airport: string, delay_minutes: integer, flights: integer }
checks: [{ rows: { min: 1 } }]
outputs: { sql: {}, rest: {}, stream: {}, files: {}, chart: { mark: bar, x: airport, y: delay_minutes, embed: ["*"] } }
deliver: { copy: { to: files, path: copy, every: 1s } }
access: [{ allow: [anyone] }]
`;

const HOSTILE_SPEC = `product: odd.texts
version: 1.0.0
status: active
owner: operations
alignment: source
tier: bronze
purpose: ${JSON.stringify(`Texts such as ${HOSTILE.markup} that would like to be more.`)}
doc: ${JSON.stringify(`${HOSTILE.script} ${HOSTILE.link}`)}
inputs: { more: { from: push } }
key: [id]
fields:
  id: { type: integer, doc: ${JSON.stringify(HOSTILE.markup)} }
  text: { type: string, doc: ${JSON.stringify(HOSTILE.link)} }
checks:
  - sql: ${JSON.stringify(`select count(*) from {table} where text = '${HOSTILE.markup}'`)}
    is: 0
    severity: warning
access: [{ allow: [anyone] }]
`;

export function pagesMesh(): Promise<string> {
  return meshFolder({
    'mesh.yaml':
      'mesh: pages\ndoc: To be looked at.\nteams: { operations: { contact: operations@example.com } }\n',
    'departures.product.yaml': DEPARTURES,
    'delays.product.yaml': DELAYS,
    'odd.product.yaml': HOSTILE_SPEC,
  });
}

const ORIGINS = ['DFW', 'ORD', 'JFK', 'SFO'];

/** Thirty flights, whole numbers beyond 2^53 among them. */
export const FLIGHTS = Array.from({ length: 30 }, (_, i) => ({
  flight: i === 0 ? '9007199254740993' : String(i),
  day: `2001-02-${String((i % 28) + 1).padStart(2, '0')}`,
  origin: ORIGINS[i % ORIGINS.length] ?? 'DFW',
  delay: i * 3,
}));

export function flightsBody(): string {
  return FLIGHTS.map(
    ({ flight, day, origin, delay }) =>
      `{"flight":${flight},"day":"${day}","origin":"${origin}","delay":${delay}}`,
  ).join('\n');
}
