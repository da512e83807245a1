#!/usr/bin/env python3
"""Writes Tests/StatisticsTests/Fixtures/mixed_model.json: what statsmodels' MixedLM makes of tables of gains.

    tools/reference/mixed_model.sh

Crossed effects are variance components of one group that holds everything (statsmodels, "Linear Mixed Effects Models").
"""
import json
import sys

import numpy
from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec


def table(name, seed, sources, targets, seeds, deviations):
    """Gains of every source on every target, with as many seeds, and what statsmodels finds in them."""
    random = numpy.random.default_rng(seed)
    of_target = random.normal(0, deviations[0], targets)
    of_source = random.normal(0, deviations[1], sources)
    rows = []
    for source in range(sources):
        for target in range(targets):
            distance = round(float(random.uniform(0, 1)), 4)
            for _ in range(seeds):
                gain = 1 + 2.5 * distance + of_target[target] + of_source[source] + random.normal(0, deviations[2])
                rows.append((round(float(gain), 4), distance, target, source))
    y = numpy.array([row[0] for row in rows])
    x = numpy.array([[1, row[1]] for row in rows])
    effects = [[row[2] for row in rows]] + ([[row[3] for row in rows]] if sources > 1 else [])
    columns = [numpy.eye(max(groups) + 1)[groups] for groups in effects]
    names = [f"e{number}" for number in range(len(effects))]
    spec = VCSpec(names, [[[str(i) for i in range(c.shape[1])]] for c in columns], [[c] for c in columns])
    model = MixedLM(y, x, groups=numpy.zeros(len(y)), exog_vc=spec)
    # Its optimizers stop early; from what one has found another goes on.
    fit = model.fit(reml=True, method=["nm", "bfgs", "powell"], maxiter=20000)
    # Of the coefficients alone: its own errors are of the Hessian of coefficients and variances together, some 0.1 % off.
    variance = fit.scale * numpy.eye(len(y)) + sum(v * c @ c.T for v, c in zip(fit.vcomp, columns))
    covariance = numpy.linalg.inv(x.T @ numpy.linalg.solve(variance, x))
    return {"name": name, "y": y.tolist(), "x": x.tolist(), "effects": effects, "coefficients": list(map(float, fit.fe_params)),
            "standardErrors": numpy.sqrt(numpy.diag(covariance)).tolist(), "variances": list(map(float, fit.vcomp)),
            "residualVariance": float(fit.scale), "logLikelihood": float(fit.llf)}


def main(path):
    tables = [table("13 targets, 5 seeds", 1, 1, 13, 5, (1.2, 0, 0.9)),
              table("6 sources, 8 targets", 2, 6, 8, 3, (1.5, 0.8, 1.0)),
              table("4 sources, 12 targets", 3, 4, 12, 2, (0.7, 1.1, 1.3))]
    with open(path, "w") as file:
        json.dump(tables, file)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
