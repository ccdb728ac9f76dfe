/** What reads a product within the platform, where rules of access ask for a port: rules for single ports do not mean them unless they name them. */
export const DELIVER_PORT = 'deliver';
export const DERIVE_PORT = 'derive';
