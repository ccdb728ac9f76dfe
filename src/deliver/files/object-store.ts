/** Where files are delivered to: a folder, or a bucket. Names have `/` between their parts. */
export interface ObjectStore {
  /** The content; undefined when there is none. */
  read(name: string): Promise<string | undefined>;
  /** Copies a local file; whole or not at all. */
  putFile(name: string, file: string): Promise<void>;
  /** Replaces the object as a whole: readers see the old content or the new. */
  putText(name: string, text: string): Promise<void>;
  /** The same where it still reads as expected (undefined: is not there); false, and nothing done, where it does not. */
  swapText(name: string, text: string, expected: string | undefined): Promise<boolean>;
  /** False when there is one of this name already, which then stays. */
  putNew(name: string, text: string): Promise<boolean>;
  /** Names below a prefix that ends with `/`, or all. */
  list(prefix: string): Promise<readonly string[]>;
  /** What is not there is fine. */
  remove(names: readonly string[]): Promise<void>;
  close(): void;
}
