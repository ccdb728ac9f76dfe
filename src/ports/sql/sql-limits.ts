/** All bounds of the SQL port, with their units. */

export const SQL_CONNECTIONS_MAX = 600;
/** Prepared statements, and portals, of one connection. */
export const STATEMENTS_MAX = 1_000;
export const PORTALS_MAX = 16;
/** Statements of one text. */
export const STATEMENTS_AT_ONCE_MAX = 1_000;
/** Messages of one connection that wait for the one before; then its socket is read no further. */
export const MESSAGES_WAITING_MAX = 256;
/** Rows that a client which sets no limit is sent in one go. */
export const PAGE_ROWS = 10_000;
/** Rows of the first page of a statement that may be asked for less. */
export const FIRST_ROWS = 1_000;
/** A connection that holds a statement open, and says nothing for so long, is ended. */
export const IDLE_OPEN_MS = 60_000;
/** Connections that have not signed in yet; more are turned away. */
export const SIGNING_IN_MAX = 100;
/** A wrong password is answered after this, so that trying many takes long. */
export const WRONG_PASSWORD_MS = 500;
/** From the connection to the end of its start-up. */
export const STARTUP_MS = 10_000;
