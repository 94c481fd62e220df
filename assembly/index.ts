/** All kernels: what is exported here can be called from src/compute/. */
export { conditionalRows } from "./affinities";
export { expCheck } from "./exp";
export { logCheck } from "./log";
export * from "./team-check";
export { tsneForces, tsneIterations, tsnePlace } from "./tsne";
export { tsneBands, tsneCross, tsneEntropy } from "./tsne-divergence";
