/** How records stand in a slice of bytes. A slice holds whole records only. */
export type Framing =
  /** One JSON document a line. */
  | { readonly format: 'ndjson' }
  /** Records of delimited text; `columns` names the cells in order. */
  | {
      readonly format: 'csv';
      readonly columns: readonly string[];
      /** One ASCII character. */
      readonly delimiter: string;
      /** One ASCII character, or empty for none; doubled inside a quoted cell. */
      readonly quote: string;
      /** Unquoted cells with one of these texts are null. */
      readonly nulls: readonly string[];
    };
