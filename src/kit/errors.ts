import { defineErrors } from '../base/errors.ts';

export const kitErrors = defineErrors('kit', {
  POSTGRES_UNREACHABLE: {
    doc: 'A Postgres server cannot be reached, or ended the connection.',
    status: 503,
    retryable: true,
  },
  POSTGRES_REFUSED: { doc: 'A Postgres server did not let the user of a connection in.', status: 502 },
  POSTGRES_DENIED: { doc: 'The user of a connection lacks a right at its Postgres server.', status: 502 },
  POSTGRES_NO_ROOM: {
    doc: 'A Postgres server has no room left on its disk, or for what its user may store.',
    status: 507,
    retryable: true,
  },
  POSTGRES_FAILED: { doc: 'A Postgres server could not do what it was asked.', status: 502 },
  PUSH_BUSY: {
    doc: 'The bodies of pushes that are being received or written take as much memory as they may, or more pushes wait than are taken within two seconds. Nothing of this one was kept.',
    status: 503,
    retryable: true,
  },
  REFERENCE_UNSET: { doc: 'A spec refers to an environment variable that is not set.', status: 500 },
  WEB_ADDRESS_INVALID: {
    doc: 'An address is not one of http or https, or its host has no address on the network.',
    status: 400,
  },
  WEB_ADDRESS_PRIVATE: {
    doc: 'An address, or one that it redirects to, is in a private network, and the mesh does not allow that.',
    status: 400,
  },
  WEB_UNREACHABLE: {
    doc: 'A server could not be reached, or broke off its answer.',
    status: 502,
    retryable: true,
  },
  WEB_REDIRECTS: { doc: 'An answer redirects again and again, or to nowhere.', status: 502 },
  WEB_BUSY: { doc: 'A server answered that it cannot answer now.', status: 502, retryable: true },
  WEB_REFUSED: { doc: 'A server refused a request; the same request will be refused again.', status: 502 },
  S3_LIST_UNREADABLE: {
    doc: 'An object store answered a request for a list of objects with something else.',
    status: 502,
    retryable: true,
  },
  DELIVERY_UNKNOWN: { doc: 'The product has no delivery of this name.', status: 404 },
  DELIVERY_INVALID: { doc: 'A delivery names a field, condition or connection that it cannot have.' },
  DELIVERY_FENCED: {
    doc: 'Another process took over the destination of a delivery; the earlier one pauses.',
  },
  DELIVERY_DEAD: { doc: 'The destination of a delivery did not answer for too long; the delivery pauses.' },
  DELIVERY_OCCUPIED: {
    doc: 'What stands where a delivery is to be made was not made by it, and stays as it is.',
  },
  DELIVERY_UNREACHABLE: { doc: 'The destination of a delivery could not be reached.', retryable: true },
  DELIVERY_NO_ROOM: { doc: 'The destination of a delivery has no room left.', retryable: true },
  DELIVERY_REFUSED: { doc: 'The destination of a delivery refused what was delivered.' },
});
