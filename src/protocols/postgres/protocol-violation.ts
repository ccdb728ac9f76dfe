/** The bytes are not what the protocol says. */
export class ProtocolViolation extends Error {}
