/** All kernels: what is exported here can be called from src/compute/. */

export { conditionalRows } from "./affinities";
export { dbscanCore } from "./dbscan-core";
export { dbscanBorder, dbscanJoin, dbscanNumber } from "./dbscan-join";
export { pairsBorder, pairsCore, pairsJoin } from "./dbscan-pairs";
export { dbscanWeigh } from "./dbscan-weights";
export { expCheck } from "./exp";
export { forwardFft, inverseFft, planFft } from "./fft";
export { cosTurn, sinTurn } from "./fft-angle";
export { kdBuild } from "./kdtree";
export { logCheck } from "./log";
export { meshRepulsion } from "./mesh";
export { meshCost } from "./mesh-sizes";
export { nearestDot, nearestKey, nearestSquared } from "./nearest-exact";
export { nearestCentre, nearestMeasure, nearestQuantise } from "./nearest-prepare";
export { nearestAgain, nearestDirect, nearestRank } from "./nearest-rank";
export { nearestSweep } from "./nearest-sweep";
export { nearestTile } from "./nearest-tile";
export { pcaProducts, pcaScores, pcaSums } from "./pca";
export * from "./team-check";
export { tsneForces, tsneIterations, tsnePlace } from "./tsne";
export { tsneBands, tsneCross, tsneEntropy } from "./tsne-divergence";
