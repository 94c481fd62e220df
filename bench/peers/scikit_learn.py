"""scikit-learn as a timed process: the same task and answer as the other tools' (bench/task.ts)."""
import json
import sys
import time

import numpy as np
import sklearn

MIN_SAMPLES = 3  # as in bench/eps.ts


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def map_eps(Y):
    # as in bench/eps.ts
    return float((Y.max(0) - Y.min(0)).max() / np.sqrt(len(Y)))


def neighbors(task, X):
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=task["k"], algorithm="brute", n_jobs=task["threads"])
    indices, search = timed(lambda: model.fit(X).kneighbors(return_distance=False))
    np.save(task["output"], indices.astype(np.float32))
    return {"search": search}, {}


def make_tsne(task):
    import inspect

    from sklearn.manifold import TSNE

    # max_iter was n_iter before 1.5; the defaults of older versions are set to the newer ones'
    names = inspect.signature(TSNE).parameters
    iterations = {"max_iter" if "max_iter" in names else "n_iter": task["iterations"]}
    return TSNE(
        perplexity=task["perplexity"], init="pca", learning_rate="auto", random_state=task["seed"],
        n_jobs=task["threads"], **iterations,
    )


def tsne(task, X):
    model = make_tsne(task)
    Y, fit = timed(lambda: model.fit_transform(X))
    np.save(task["output"], Y.astype(np.float32))
    return {"fit": fit}, {"iterations": model.n_iter_ + 1, "ownKl": float(model.kl_divergence_)}


def warm(task, X):
    fits = [timed(lambda: make_tsne(task).fit_transform(X))[1] for _ in range(5)]
    return {"fit": float(np.median(fits[1:])), "first": fits[0]}, {}


def dbscan(task, Y):
    from sklearn.cluster import DBSCAN

    model = DBSCAN(eps=map_eps(Y), min_samples=MIN_SAMPLES, n_jobs=task["threads"])
    fits = [timed(lambda: model.fit(Y))[1] for _ in range(5)]
    np.save(task["output"], model.labels_.astype(np.float32)[:, None])
    return {"fit": float(np.median(fits[1:])), "first": fits[0]}, {"clusters": int(model.labels_.max()) + 1}


task = json.loads(sys.argv[1])
seconds, facts = globals()[task["work"]](task, np.load(task["input"]))
print(json.dumps({"version": sklearn.__version__, "seconds": seconds, "facts": facts}))
