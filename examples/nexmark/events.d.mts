export interface AuctionEvent {
  readonly product: 'person' | 'auction' | 'bid';
  readonly op: 'upsert' | 'delete';
  readonly record: Readonly<Record<string, number | string>>;
}

export interface AuctionPush extends Pick<AuctionEvent, 'product' | 'op'> {
  readonly records: readonly AuctionEvent['record'][];
}

export function auctionEvents(options: {
  readonly seed: number;
  readonly count: number;
}): Generator<AuctionEvent>;

export function pushesOf(events: Iterable<AuctionEvent>, size: number): Generator<readonly AuctionPush[]>;
