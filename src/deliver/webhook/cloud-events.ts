/** Records as CloudEvents 1.0. A row's JSON goes into `data` as it is, so that no number in it passes through JavaScript. */

export interface EventSource {
  readonly mesh: string;
  /** `flights.departures@1` */
  readonly product: string;
  readonly dataset: string;
}

export interface RecordEvent {
  readonly position: number;
  readonly text: string;
}

/** How a row of changes begins: the columns before the dataset's own. */
const CHANGE = /^\{"_op":"(upsert|delete)","_position":(\d+),"_time":"([^"]+)",?/;

/** The event of one line of changes. */
export function changeEvent(line: string, source: EventSource): RecordEvent {
  const [begin = '', op = '', position = '', time = ''] = CHANGE.exec(line) ?? [];
  if (begin === '')
    throw new Error('Invariant broken: a line of changes begins with _op, _position and _time');
  const data = `{${line.slice(begin.length)}`;
  return { position: Number(position), text: eventText(source, { id: position, op, position, time, data }) };
}

/** The event of a row of a state: the `index`-th one at a position, from 0. */
export function stateEvent(
  line: string,
  source: EventSource,
  at: { readonly position: number; readonly index: number; readonly time: string },
): RecordEvent {
  const { position, index, time } = at;
  const id = `${position}/${index}`;
  return {
    position,
    text: eventText(source, { id, op: 'upsert', position: String(position), time, data: line }),
  };
}

function eventText(
  { mesh, product, dataset }: EventSource,
  { data, id, op, position, time }: Readonly<Record<'id' | 'op' | 'position' | 'time' | 'data', string>>,
): string {
  const attributes = {
    specversion: '1.0',
    id,
    source: `urn:wharf:${mesh}:${product}`,
    type: `wharf.record.${op}`,
    subject: dataset,
    time,
    datacontenttype: 'application/json',
    position,
  };
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${data}}`;
}
