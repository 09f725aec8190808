"""Random problems of any size, and independent answers to them."""

import numpy as np
from hypothesis import settings
from ortools.graph.python import min_cost_flow
from scipy.optimize import linear_sum_assignment


def some(n):
    """So many examples; thirty times as many in the deep tests."""
    is_deep = settings.default.max_examples >= 1000
    return settings(max_examples=30 * n if is_deep else n)


def random_problem(seed, n, m, n_schools=1, top=1000):
    """Draw a sparse problem with scarce and idle places, empty rows and capacity 0."""
    random = np.random.default_rng(seed)
    share = random.uniform(0.02, 0.6)
    may = random.random((n, m)) < share
    may &= (np.arange(n) % n_schools)[:, None] == (np.arange(m) % n_schools)[None, :]
    rows, indices = np.nonzero(may)
    indptr = np.searchsorted(rows, np.arange(n + 1))
    score = random.integers(0, top + 1, len(rows))
    capacity = random.choice([0, 1, 2, 3], m, p=[0.1, 0.2, 0.2, 0.5])
    return indptr, indices, score, capacity


def by_scipy(indptr, indices, score, capacity):
    """The best (matched, score) of the dense problem of single places."""
    n = len(indptr) - 1
    people = (n + 1) * (int(score.max(initial=0)) + 1)
    gain = np.zeros((n, len(capacity)), dtype=np.int64)
    gain[np.repeat(np.arange(n), np.diff(indptr)), indices] = score + people
    gain = np.repeat(gain, capacity, axis=1)
    total = int(gain[linear_sum_assignment(gain, maximize=True)].sum())
    return divmod(total, people)


def by_ortools(indptr, indices, score, capacity):
    """The best (matched, score) by the flow solver of OR-Tools."""
    n, m, pairs = len(indptr) - 1, len(capacity), len(indices)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost
    ones, kind = np.ones, np.int32
    mentees = np.repeat(np.arange(n, dtype=kind), np.diff(indptr))
    mentors = np.arange(n, n + m, dtype=kind)
    arcs(mentees, (indices + n).astype(kind), ones(pairs, dtype=np.int64), -score.astype(np.int64))
    arcs(mentors, np.full(m, n + m, kind), capacity.astype(np.int64), np.zeros(m, np.int64))
    numbers = np.arange(n, dtype=kind)
    arcs(np.full(n, n + m + 1, kind), numbers, ones(n, dtype=np.int64), np.zeros(n, np.int64))
    ends = np.array([n + m + 1, n + m], kind)
    flow.set_nodes_supplies(ends, np.array([n, -n], dtype=np.int64))
    assert flow.solve_max_flow_with_min_cost() == flow.OPTIMAL
    n_matched = int(flow.flows(np.arange(pairs, dtype=kind)).sum()) if pairs else 0
    return n_matched, -flow.optimal_cost()
