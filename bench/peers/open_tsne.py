"""openTSNE as a timed process: the same task and answer as the other tools' (bench/task.ts)."""
import json
import sys
import time

import numpy as np
import openTSNE

task = json.loads(sys.argv[1])
X = np.load(task["input"])
threads = task["threads"]

start = time.perf_counter()
affinities = openTSNE.affinity.PerplexityBasedNN(
    X, perplexity=task["perplexity"], n_jobs=threads, random_state=task["seed"]
)
init = openTSNE.initialization.pca(X, random_state=task["seed"])
before = time.perf_counter() - start
model = openTSNE.TSNE(n_jobs=threads, early_exaggeration_iter=250, n_iter=task["iterations"] - 250)
Y = model.fit(affinities=affinities, initialization=init)
fit = time.perf_counter() - start
np.save(task["output"], np.asarray(Y, dtype=np.float32))
print(json.dumps({
    "version": openTSNE.__version__,
    "seconds": {"fit": fit, "before": before, "optimization": fit - before},
    "facts": {"iterations": task["iterations"], "ownKl": float(Y.kl_divergence)},
}))
