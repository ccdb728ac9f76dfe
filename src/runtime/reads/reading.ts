/** Something that is given to somebody through a port: a page, a row, a file, a statement's rows, or a subscription. */
export interface Reading {
  /** `flights.departures@1` */
  readonly product: string;
  readonly port: string;
  /** The name of the principal; ANYONE when nobody signed in. */
  readonly consumer: string;
  readonly position: number;
  /** What for, as the consumer says. */
  readonly purpose?: string | undefined;
  /** What is given now; null where rows are not counted, as in files. */
  readonly rows: number | null;
}

/** Hears of everything that is read, whatever the port. */
export interface ReadObserver {
  /** Before anything is handed out; nothing is when it rejects. */
  read(reading: Reading): Promise<void>;
  /** More rows of what was heard of before: the next batch of a subscription, the next page of a statement. */
  more(reading: Reading, rows: number): void;
}

export const ANYONE = 'anyone';
