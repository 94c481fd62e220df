import { type Team, type TeamOptions, withTeam } from "./team.ts";

/** A team that stays together until `release` is called. */
export interface HeldTeam {
  readonly team: Team;
  /** Lets the threads go; with `failed` they are ended. */
  release(failed?: boolean): Promise<void>;
}

/** A team for work whose consumer decides how far it goes. */
export function holdTeam(options: TeamOptions): Promise<HeldTeam> {
  return new Promise((resolve, reject) => {
    const failure = new Error("failed");
    const done = withTeam(options, (team) => {
      return new Promise<void>((leave, fail) => {
        resolve({
          team,
          async release(failed = false) {
            if (failed) fail(failure);
            else leave();
            await done.catch((reason) => {
              if (reason !== failure) throw reason;
            });
          },
        });
      });
    });
    done.catch(reject);
  });
}
