"""`run.py bench matching`: measure against other solvers on invented problems. Never a test.

--sizes LIST     of school,3k,10k,30k,region (default: all)
--seed N         other people
--repeats N      how often each solver runs, in turn; the median counts (default: 5, region 3)
--rival NAME=PYTHON   an interpreter with mentor-match or matching; they clash by import name
--json           one JSON object at the end

Every result of ours is certified, and equal to that of OR-Tools in people and score. Times are from
arrays to a matching, ties settled; ratios hold within one run.
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import crowd
import instances
import numpy as np
from instances import Array

from nastavnik.engine.matching.candidates import judge, standard_rules
from nastavnik.engine.matching.pool import find_candidates
from nastavnik.engine.matching.transport import Solution, solve
from nastavnik.engine.matching.warm import LiveMatching

HERE = Path(__file__).resolve().parent
SIZES = {
    "school": (300, 100),
    "3k": (3_000, 1_000),
    "10k": (10_000, 4_000),
    "30k": (30_000, 10_000),
    "region": (300_000, 100_000),
}
RIVALS = {
    "mentor-match": ("school",),
    "mentor-match with bonus": ("school",),
    "matching": ("school", "3k"),
}
N_DEPARTURES = 200
#: Sizes whose candidates are also found from people as the site has them, and how many pairs are judged one by one.
RECORDS = ("school", "3k", "10k")
N_JUDGED = 300_000
PATIENCE = 900.0


def ortools(indptr: Array, indices: Array, score: Array, capacity: Array) -> tuple[int, int]:
    """Solve by OR-Tools: most people first, then the best score; people and score."""
    from ortools.graph.python import min_cost_flow

    n, m, pairs = len(indptr) - 1, len(capacity), len(indices)
    kind, wide = np.int32, np.int64
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost
    mentees = np.repeat(np.arange(n, dtype=kind), np.diff(indptr))
    arcs(mentees, indices + kind(n), np.ones(pairs, wide), -score.astype(wide))
    mentors = np.arange(n, n + m, dtype=kind)
    arcs(mentors, np.full(m, n + m, kind), capacity, np.zeros(m, wide))
    numbers = np.arange(n, dtype=kind)
    arcs(np.full(n, n + m + 1, kind), numbers, np.ones(n, wide), np.zeros(n, wide))
    flow.set_nodes_supplies(np.array([n + m + 1, n + m], kind), np.array([n, -n], wide))
    if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:
        raise RuntimeError("OR-Tools found no optimum")
    return int(flow.flows(np.arange(pairs, dtype=kind)).sum()), -int(flow.optimal_cost())


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds and result."""
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def megabytes() -> int:
    """Return the most memory this process has held.

    Not by ``getrusage``, which in a new process begins with what its parent had.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) // 1024
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024


def in_words(seconds: float) -> str:
    """Return a time to three figures."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def compare(name: str, instance: instances.Instance, repeats: int) -> dict[str, Any]:
    """Run ours and OR-Tools in turn."""
    problem = instance.problem
    times: dict[str, list[float]] = {"compiled": [], "OR-Tools": [], "certificate": []}
    if name in {"school", "3k"}:
        times["plain"] = []
    solution: Solution = solve(*problem, accelerated=True)
    for _ in range(repeats):
        seconds, solution = timed(lambda: solve(*problem, accelerated=True))
        times["compiled"].append(seconds)
        seconds, theirs = timed(lambda: ortools(*problem))
        times["OR-Tools"].append(seconds)
        seconds, proof = timed(solution.certificate)
        times["certificate"].append(seconds)
        same = theirs == (solution.n_matched, solution.total_score)
        if not proof.ok or not same or not solution.is_compiled:
            raise SystemExit(f"{name}: not proven or not equal: {theirs}")
        if "plain" in times:
            seconds, plain = timed(lambda: solve(*problem, accelerated=False))
            times["plain"].append(seconds)
            if plain.mentor_of.tolist() != solution.mentor_of.tolist():
                raise SystemExit(f"{name}: plain and compiled differ")
    medians = {key: statistics.median(values) for key, values in times.items()}
    return {
        "size": name,
        "pairs": len(instance.indices),
        "n_matched": solution.n_matched,
        "total_score": solution.total_score,
        "unique": len(solution.proof),
        "median_s": medians,
        "ratio": medians["OR-Tools"] / medians["compiled"],
    }


def from_records(size: str, seed: int) -> dict[str, Any]:
    """Find the candidates of people as the site has them, at once and, of some, pair by pair."""
    n_mentees, n_mentors = SIZES[size]
    mentors, mentees = crowd.make(n_mentees, n_mentors, seed)
    rules = standard_rules()
    find_candidates(mentors[:10], mentees[:10], rules)
    seconds, found = timed(lambda: find_candidates(mentors, mentees, rules))
    some = mentees[:: max(1, n_mentees * n_mentors // N_JUDGED)]
    one_by_one, _ = timed(lambda: [judge(a, b, rules) for b in some for a in mentors])
    answer = {
        "looked_at": n_mentees * n_mentors,
        "possible": found.n_possible,
        "kept": len(found.indices),
        "at_once_s": seconds,
        "one_by_one_s": one_by_one * n_mentees / len(some),
    }
    print(
        f"  {size} from records: {answer['looked_at']} pairs, {found.n_possible} possible, "
        f"{len(found.indices)} kept in {in_words(seconds)}; one by one {in_words(answer['one_by_one_s'])} "
        f"(by {len(some)} mentees), {answer['one_by_one_s'] / seconds:.0f} times as long",
        flush=True,
    )
    return answer


def rival(name: str, python: str, path: Path) -> dict[str, Any]:
    """Run another package in a process of its own."""
    try:
        done = subprocess.run(
            [python, str(HERE / "rivals.py"), name, str(path)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"longer than {PATIENCE:.0f} s"}
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        return {"error": (done.stderr.strip().splitlines() or ["no answer"])[-1]}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def rivals(
    size: str, instance: instances.Instance, ours: dict[str, Any], pythons: dict[str, str]
) -> dict[str, Any]:
    """Run the other packages on this size and say the ratios."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.json"
        names = ("indptr", "indices", "score", "capacity")
        arrays = zip(names, instance.problem, strict=True)
        path.write_text(json.dumps({key: values.tolist() for key, values in arrays}))
        for name in [name for name, sizes in RIVALS.items() if size in sizes]:
            answer = rival(name, pythons.get(name.split()[0], sys.executable), path)
            found[name] = answer
            if "error" in answer:
                print(f"  {name}: {answer['error']}", flush=True)
                continue
            ratio = answer["seconds"] / ours["median_s"]["compiled"]
            more = ours["n_matched"] / answer["n_matched"] - 1
            print(
                f"  {name} {answer['version']}: {in_words(answer['seconds'])}, "
                f"{answer['n_matched']} matched, score {answer['total_score']}; "
                f"ours {ratio:,.0f} times faster, {more:+.1%} matched",
                flush=True,
            )
    return found


def end_to_end(size: str, seed: int) -> dict[str, Any]:
    """Candidates, solving, certificate and departures in a process of its own, with its memory."""
    command = [sys.executable, str(HERE / "bench.py"), "matching", "--alone", size]
    done = subprocess.run(
        [*command, "--seed", str(seed)], capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def alone(size: str, seed: int) -> dict[str, Any]:
    """Do the whole of one size once, then mentors leaving one after another."""
    instances.make(*SIZES["school"], seed=seed)  # compiled or read before the clock starts
    solve(*instances.make(*SIZES["3k"], seed=seed).problem, accelerated=True)
    made, instance = timed(lambda: instances.make(*SIZES[size], seed=seed))
    solved, solution = timed(lambda: solve(*instance.problem, accelerated=True))
    checked, proof = timed(solution.certificate)
    answer: dict[str, Any] = {
        "candidates_s": made,
        "solve_s": solved,
        "certificate_s": checked,
        "total_s": made + solved + checked,
        "ok": proof.ok,
        "peak_mb": megabytes(),
    }
    laid_out, live = timed(lambda: LiveMatching(solution, accelerated=True))
    random = np.random.default_rng(seed)
    busy = np.unique(solution.mentor_of[solution.mentor_of >= 0])
    leavers = random.choice(busy, min(N_DEPARTURES, len(busy) // 2), replace=False).tolist()
    runs = [timed(lambda j=j: live.mentor_leaves(j)) for j in leavers]
    times = [seconds for seconds, _ in runs[1:]]
    again = live.solution()
    cold, other = timed(lambda: solve_again(again))
    answer |= {
        "lay_out_s": laid_out,
        "departures": len(times),
        "departure_p50_s": statistics.median(times),
        "departure_p95_s": float(np.quantile(times, 0.95)),
        "moves_p50": statistics.median(len(change.moves) for _, change in runs),
        "all_proven": all(change.is_proven for _, change in runs),
        "warm_equals_cold": again.mentor_of.tolist() == other.mentor_of.tolist(),
        "warm_certificate": again.certificate().ok,
        "cold_s": cold,
        "peak_with_departures_mb": megabytes(),
    }
    return answer


def solve_again(solution: Solution) -> Solution:
    """Solve the problem of a solution from nothing."""
    from nastavnik.engine.matching.transport import solution_of

    return solution_of(solution.problem, accelerated=True)


def tell_alone(size: str, answer: dict[str, Any]) -> None:
    """Print what a size took as a whole."""
    parts = (f"{key}: {value}" for key, value in shown(answer).items())
    print(f"  {size} as a whole: {', '.join(parts)}", flush=True)


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    """Return numbers as words."""
    return {
        key.removesuffix("_s"): in_words(value) if key.endswith("_s") else value
        for key, value in answer.items()
    }


def matching(options: argparse.Namespace) -> dict[str, Any]:
    """Measure matching on all sizes asked for."""
    pythons = dict(item.split("=", 1) for item in options.rival)
    print(f"Python {platform.python_version()}, seed {options.seed}", flush=True)
    report = []
    for size in options.sizes.split(","):
        instance = instances.make(*SIZES[size], seed=options.seed)
        repeats = options.repeats or (3 if size == "region" else 5)
        found = compare(size, instance, repeats)
        medians = ", ".join(f"{key} {in_words(s)}" for key, s in found["median_s"].items())
        print(
            f"{size}: {SIZES[size][0]} x {SIZES[size][1]}, {found['pairs']} pairs, "
            f"{found['n_matched']} matched, score {found['total_score']}; {medians}; "
            f"{found['ratio']:.1f} times OR-Tools (medians of {repeats}, in turn)",
            flush=True,
        )
        if size in RECORDS:
            found["from_records"] = from_records(size, options.seed)
        found["rivals"] = rivals(size, instance, found, pythons)
        if size != "school":
            found["alone"] = end_to_end(size, options.seed)
            tell_alone(size, found["alone"])
        report.append(found)
    return {"python": platform.python_version(), "seed": options.seed, "sizes": report}


def main(arguments: list[str]) -> int:
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["matching"])
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--seed", type=int, default=instances.SEED)
    parser.add_argument("--repeats", type=int, default=0)
    parser.add_argument("--rival", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--alone", choices=list(SIZES), help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.alone:
        print(json.dumps(alone(options.alone, options.seed)))
        return 0
    report = matching(options)
    if options.json:
        print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
