import { inspect } from "node:util";
import { expect } from "vitest";
import { HubError } from "../../../src/errors.ts";

/**
 * The error of a failing promise, which must be a `HubError` of one line. Tokens of tests hold the word
 * "canary", which may be nowhere in it, nor in its causes.
 */
export async function hubError(failing: Promise<unknown>): Promise<HubError> {
  const error = await failing.then(
    () => expect.unreachable("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HubError);
  const { message } = error as HubError;
  expect(message).not.toContain("\n");
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain("canary");
  return error as HubError;
}
