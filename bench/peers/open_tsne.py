"""openTSNE as a timed process: the same task and answer as the other tools' (bench/task.ts)."""
import json
import sys
import time

import numpy as np
import openTSNE

task = json.loads(sys.argv[1])
X = np.load(task["input"])
threads = task["threads"]


neighbors, schedule = {}, {}
if "init" in task:
    # the neighbours and the schedule of scikit-learn; the gradient lacks the factor 4 here
    neighbors = {"method": "exact", "k_neighbors": 3 * task["perplexity"] + 1}
    schedule = {
        "learning_rate": 4 * max(len(X) / 12 / 4, 50), "initial_momentum": 0.5, "final_momentum": 0.8,
        "max_step_norm": None, "negative_gradient_method": "fft",
    }

start = time.perf_counter()
affinities = openTSNE.affinity.PerplexityBasedNN(
    X, perplexity=task["perplexity"], n_jobs=threads, random_state=task["seed"], **neighbors
)
if "init" in task:
    init = np.load(task["init"]).astype(np.float64)
else:
    init = openTSNE.initialization.pca(X, random_state=task["seed"])
before = time.perf_counter() - start
model = openTSNE.TSNE(
    n_jobs=threads, early_exaggeration_iter=250, n_iter=task["iterations"] - 250, **schedule
)
Y = model.fit(affinities=affinities, initialization=init)
fit = time.perf_counter() - start
np.save(task["output"], np.asarray(Y, dtype=np.float32))
print(json.dumps({
    "version": openTSNE.__version__,
    "seconds": {"fit": fit, "before": before, "optimization": fit - before},
    "facts": {"iterations": task["iterations"], "ownKl": float(Y.kl_divergence)},
}))
