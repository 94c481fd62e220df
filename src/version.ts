/** The version of Tokenscape, as every output states it; a test holds it equal to package.json's. */
export const version: string = "0.1.0";
