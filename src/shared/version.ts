/** The version of this package, as both servers name it to clients; a test holds it against package.json. */
export const VERSION = '0.1.0';
