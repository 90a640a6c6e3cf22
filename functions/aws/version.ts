/** Of this program, as in its package.json (a test holds one against the other): a bundle has no package.json beside it. */
export const VERSION = '0.1.0';
