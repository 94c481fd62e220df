"""scikit-learn as a timed process: the same task and answer as the other tools' (bench/task.ts)."""
import json
import sys
import time

import numpy as np
import sklearn

# as in bench/eps.ts
MIN_SAMPLES = 3
EPS_FACTORS = {"small": 1 / 8, "fit": 1, "large": 8}


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
    run = {"max_iter" if "max_iter" in names else "n_iter": task["iterations"], "init": "pca"}
    if "init" in task:
        # from a start that is given, to the last iteration
        run["init"] = np.load(task["init"])
        run |= {"min_grad_norm": 0.0, "n_iter_without_progress": task["iterations"]}
    return TSNE(
        perplexity=task["perplexity"], learning_rate="auto", random_state=task["seed"],
        n_jobs=task["threads"], **run,
    )


def tsne(task, X):
    model = make_tsne(task)
    kept = keep_affinities() if "init" in task else []
    Y, fit = timed(lambda: model.fit_transform(X))
    np.save(task["output"], Y.astype(np.float32))
    facts = {"iterations": model.n_iter_ + 1, "ownKl": float(model.kl_divergence_)}
    for P in kept:
        facts["klByOwnP"] = exact_kl(P, Y.astype(np.float64))
    return {"fit": fit}, facts


def keep_affinities():
    """A list that the next fit puts its P into: that P is seen nowhere from outside."""
    from sklearn.manifold import _t_sne

    make, kept = _t_sne._joint_probabilities_nn, []

    def make_and_keep(*args):
        P = make(*args)
        kept.append(P.copy())
        return P

    _t_sne._joint_probabilities_nn = make_and_keep
    return kept


def exact_kl(P, Y):
    """KL(P || Q) in nats with Z over all pairs, in float64."""
    Z = sum((1 / (1 + ((Y - point) ** 2).sum(1))).sum() - 1 for point in Y)
    P = P.tocoo()
    p, q = P.data, 1 / (1 + ((Y[P.row] - Y[P.col]) ** 2).sum(1)) / Z
    some = p > 0
    return float((p[some] * np.log(p[some] / q[some])).sum())


def warm(task, X):
    fits = [timed(lambda: make_tsne(task).fit_transform(X))[1] for _ in range(5)]
    return {"fit": float(np.median(fits[1:])), "first": fits[0]}, {}


def dbscan(task, Y):
    from sklearn.cluster import DBSCAN

    seconds = {}
    for name, factor in EPS_FACTORS.items():
        model = DBSCAN(eps=map_eps(Y) * factor, min_samples=MIN_SAMPLES, n_jobs=task["threads"])
        fits = [timed(lambda: model.fit(Y))[1] for _ in range(5)]
        seconds[name] = float(np.median(fits[1:]))
        if factor == 1:
            labels = model.labels_
    np.save(task["output"], labels.astype(np.float32)[:, None])
    return seconds, {"clusters": int(labels.max()) + 1}


task = json.loads(sys.argv[1])
seconds, facts = globals()[task["work"]](task, np.load(task["input"]))
print(json.dumps({"version": sklearn.__version__, "seconds": seconds, "facts": facts}))
