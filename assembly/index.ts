/** All kernels: what is exported here can be called from src/compute/. */
export * from "./team-check";
