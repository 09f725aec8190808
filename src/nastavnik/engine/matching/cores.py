"""The two exact steps of the transportation problem, in the part of Python a compiler can read.

Every function works on lists (plain: whole numbers of any size) and, compiled by
:mod:`nastavnik.engine.matching.compiled`, on arrays of 64-bit numbers: one text, the same results.
So only loops, indices and whole numbers here; everything is allotted by the caller.

Between two steps a :class:`State` is optimal for the mentees and places taken up so far, proven by
its prices: ``cost + v[mentor] - u[mentee] >= 0`` for every pair, ``= 0`` for those matched;
``u <= unmatched``, ``=`` for those left; ``v`` lies between the last place taken and the next.

* :func:`place_mentee` takes up one more mentee: shortest path from the mentee to a free place.
* :func:`open_place` takes up one more place, its mirror: from the mentor to an unmatched mentee.

Starting from the scarcer side is the whole trick (docs/decisions/0015): nearly every search then
ends at once. Source: successive shortest paths with potentials (Ahuja, Magnanti, Orlin,
*Network Flows*, ch. 9); :func:`offer` is the price pass of Jonker and Volgenant (1987).
"""

from collections.abc import MutableSequence
from typing import NamedTuple

Vector = MutableSequence[int]

# Where `Work.now` keeps what one search knows.
BOUND, END_MENTEE, END_MENTOR, HEAP, TOUCHED, FINISHED, READS, FAR = range(8)
# Set from outside: nobody wants the result any more, so the next search is not begun.
STOPPED = 8
N_NOW = 9

# What a bid answers where only a search can tell.
NEEDS_SEARCH = -2

# No way ends at a mentor whose places are all taken; ways are never shorter than 0.
FULL = -1


class Graph(NamedTuple):
    """A problem for the steps: pairs by mentee and again by mentor, costs, places.

    The cost of a mentor's place number q (of those left by locks) is
    ``place_cost[place_ptr[mentor] + q]``, not falling with q; one beyond the capacity is listed.
    """

    mentee_ptr: Vector
    mentors: Vector
    costs: Vector
    mentor_ptr: Vector
    mentees: Vector
    mentor_costs: Vector
    capacity: Vector
    place_ptr: Vector
    place_cost: Vector
    unmatched: Vector


class State(NamedTuple):
    """A matching and its prices; ``member[place_ptr[mentor] + k]`` are the mentor's mentees."""

    mate: Vector
    load: Vector
    member: Vector
    u: Vector
    v: Vector


class Jobs(NamedTuple):
    """Components: the mentees and mentors of each, and the side to start from."""

    mentees: Vector
    mentee_ptr: Vector
    mentors: Vector
    mentor_ptr: Vector
    from_mentors: Vector


class Work(NamedTuple):
    """Room for one search; ``near`` and ``finished`` are clean between searches."""

    near_mentee: Vector
    near_mentor: Vector
    came_mentee: Vector
    came_mentor: Vector
    finished: Vector
    order: Vector
    touched: Vector
    heap_key: Vector
    heap_node: Vector
    now: Vector


def push(heap_key: Vector, heap_node: Vector, now: Vector, key: int, node: int) -> None:
    """Put a node on the heap."""
    place = now[HEAP]
    now[HEAP] = place + 1
    while place > 0:
        parent = (place - 1) >> 1
        if heap_key[parent] <= key:
            break
        heap_key[place] = heap_key[parent]
        heap_node[place] = heap_node[parent]
        place = parent
    heap_key[place] = key
    heap_node[place] = node


def pop(heap_key: Vector, heap_node: Vector, now: Vector) -> None:
    """Drop the nearest node from the heap."""
    size = now[HEAP] - 1
    now[HEAP] = size
    key, node, place = heap_key[size], heap_node[size], 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and heap_key[child + 1] < heap_key[child]:
            child += 1
        if heap_key[child] >= key:
            break
        heap_key[place] = heap_key[child]
        heap_node[place] = heap_node[child]
        place = child
    heap_key[place] = key
    heap_node[place] = node


def reset(now: Vector, bound: int) -> None:
    """Begin a search that may cost less than the bound."""
    now[BOUND] = bound
    now[END_MENTEE] = -1
    now[END_MENTOR] = -1
    now[HEAP] = 0
    now[TOUCHED] = 0
    now[FINISHED] = 0


def clean(near: Vector, touched: Vector, finished: Vector, order: Vector, now: Vector) -> None:
    """Forget what a search has touched."""
    for k in range(now[TOUCHED]):
        near[touched[k]] = now[FAR]
    for k in range(now[FINISHED]):
        finished[order[k]] = 0


def finish(finished: Vector, order: Vector, now: Vector, mentor: int) -> None:
    """Note that the shortest way to a mentor is known."""
    finished[mentor] = 1
    order[now[FINISHED]] = mentor
    now[FINISHED] += 1


def slot_of(place_ptr: Vector, member: Vector, mentor: int, mentee: int) -> int:
    """Return where the mentor's list has the mentee."""
    slot = place_ptr[mentor]
    while member[slot] != mentee:
        slot += 1
    return slot


def remove(place_ptr: Vector, load: Vector, member: Vector, mentor: int, mentee: int) -> None:
    """Take a mentee off the mentor's list."""
    slot = slot_of(place_ptr, member, mentor, mentee)
    load[mentor] -= 1
    member[slot] = member[place_ptr[mentor] + load[mentor]]


def append(place_ptr: Vector, load: Vector, member: Vector, mentor: int, mentee: int) -> None:
    """Put a mentee on the mentor's list."""
    member[place_ptr[mentor] + load[mentor]] = mentee
    load[mentor] += 1


# ------------------------------------------------------------------ one more mentee


def place_all(graph: Graph, state: State, work: Work, chosen: Vector) -> None:
    """Take up mentees, left out so far, one after another; every place is open."""
    mentee_ptr, mentors, costs = graph.mentee_ptr, graph.mentors, graph.costs
    capacity, place_ptr, place_cost = graph.capacity, graph.place_ptr, graph.place_cost
    unmatched = graph.unmatched
    mate, load, member, u, v = state.mate, state.load, state.member, state.u, state.v
    near, came, finished, order = work.near_mentor, work.came_mentor, work.finished, work.order
    touched, heap_key, heap_node, now = work.touched, work.heap_key, work.heap_node, work.now
    for k in range(len(chosen)):
        if now[STOPPED]:
            return
        mentee = chosen[k]
        least = cheapest(mentee_ptr, mentors, costs, v, mentee, unmatched[mentee])
        u[mentee] = least
        mate[mentee] = -1
        reset(now, unmatched[mentee] - least)
        now[END_MENTEE] = mentee
        search_from_mentee(
            mentee_ptr,
            mentors,
            costs,
            capacity,
            place_ptr,
            place_cost,
            unmatched,
            load,
            member,
            u,
            v,
            near,
            came,
            finished,
            order,
            touched,
            heap_key,
            heap_node,
            now,
            mentee,
        )
        u[mentee] += now[BOUND]
        raise_prices(place_ptr, load, member, u, v, near, order, now)
        enter(place_ptr, mate, load, member, came, now, mentee)
        clean(near, touched, finished, order, now)


def cheapest(
    mentee_ptr: Vector, mentors: Vector, costs: Vector, v: Vector, mentee: int, least: int
) -> int:
    """Return what the mentee's cheapest mentor costs now, or ``least``."""
    for edge in range(mentee_ptr[mentee], mentee_ptr[mentee + 1]):
        value = costs[edge] + v[mentors[edge]]
        if value < least:
            least = value
    return least


def search_from_mentee(
    mentee_ptr: Vector,
    mentors: Vector,
    costs: Vector,
    capacity: Vector,
    place_ptr: Vector,
    place_cost: Vector,
    unmatched: Vector,
    load: Vector,
    member: Vector,
    u: Vector,
    v: Vector,
    near: Vector,
    came: Vector,
    finished: Vector,
    order: Vector,
    touched: Vector,
    heap_key: Vector,
    heap_node: Vector,
    now: Vector,
    start: int,
) -> None:
    """Find the cheapest way from a mentee to a free place or to somebody best left."""
    mentor, distance, mentee, slot, stop = -1, 0, start, 0, 0
    while True:
        scan_mentee(
            mentee_ptr,
            mentors,
            costs,
            capacity,
            place_ptr,
            place_cost,
            load,
            u,
            v,
            near,
            came,
            touched,
            heap_key,
            heap_node,
            now,
            mentee,
            distance,
        )
        slot += 1
        while slot >= stop:
            mentor = nearest_mentor(finished, order, heap_key, heap_node, now)
            if mentor < 0:
                return
            distance = near[mentor]
            slot = place_ptr[mentor]
            stop = slot + load[mentor]
        mentee = member[slot]
        end = distance + unmatched[mentee] - u[mentee]
        if end < now[BOUND]:
            now[BOUND] = end
            now[END_MENTEE] = mentee
            now[END_MENTOR] = -1


def scan_mentee(
    mentee_ptr: Vector,
    mentors: Vector,
    costs: Vector,
    capacity: Vector,
    place_ptr: Vector,
    place_cost: Vector,
    load: Vector,
    u: Vector,
    v: Vector,
    near: Vector,
    came: Vector,
    touched: Vector,
    heap_key: Vector,
    heap_node: Vector,
    now: Vector,
    mentee: int,
    distance: int,
) -> None:
    """Reach from a mentee to the mentors; a free place there may end the search."""
    bound, base = now[BOUND], distance - u[mentee]
    first, last = mentee_ptr[mentee], mentee_ptr[mentee + 1]
    now[READS] += last - first
    for edge in range(first, last):
        mentor = mentors[edge]
        value = base + costs[edge] + v[mentor]
        if value < bound and value < near[mentor]:
            if near[mentor] == now[FAR]:
                touched[now[TOUCHED]] = mentor
                now[TOUCHED] += 1
            near[mentor] = value
            came[mentor] = mentee
            end = FULL
            if load[mentor] < capacity[mentor]:
                end = value + place_cost[place_ptr[mentor] + load[mentor]] - v[mentor]
                if end < bound:
                    bound = end
                    now[END_MENTOR] = mentor
                    now[END_MENTEE] = -1
            # A free place that costs no more than its price ends every way through its mentor.
            if end != value:
                push(heap_key, heap_node, now, value, mentor)
    now[BOUND] = bound


def nearest_mentor(
    finished: Vector, order: Vector, heap_key: Vector, heap_node: Vector, now: Vector
) -> int:
    """Take the nearest mentor not yet finished; -1 where none is below the bound."""
    while now[HEAP] > 0 and heap_key[0] < now[BOUND]:
        mentor = heap_node[0]
        pop(heap_key, heap_node, now)
        if not finished[mentor]:
            finish(finished, order, now, mentor)
            return mentor
    return -1


def raise_prices(
    place_ptr: Vector,
    load: Vector,
    member: Vector,
    u: Vector,
    v: Vector,
    near: Vector,
    order: Vector,
    now: Vector,
) -> None:
    """Raise the prices of the mentors passed, so that the way found costs nothing more."""
    for k in range(now[FINISHED]):
        mentor = order[k]
        step = now[BOUND] - near[mentor]
        if step > 0:
            v[mentor] += step
            first = place_ptr[mentor]
            for slot in range(first, first + load[mentor]):
                u[member[slot]] += step


def enter(
    place_ptr: Vector,
    mate: Vector,
    load: Vector,
    member: Vector,
    came: Vector,
    now: Vector,
    start: int,
) -> None:
    """Move everybody on the way found one mentor on."""
    mentor = now[END_MENTOR]
    if mentor >= 0:
        slot = place_ptr[mentor] + load[mentor]
        load[mentor] += 1
    else:
        mentee = now[END_MENTEE]
        mentor = mate[mentee]
        if mentor < 0:
            return
        mate[mentee] = -1
        slot = slot_of(place_ptr, member, mentor, mentee)
    while True:
        mentee = came[mentor]
        previous = mate[mentee]
        mate[mentee] = mentor
        member[slot] = mentee
        if mentee == start:
            return
        slot = slot_of(place_ptr, member, previous, mentee)
        mentor = previous


# ------------------------------------------------------------------ one more place


def open_places(graph: Graph, state: State, work: Work, chosen: Vector, n_chosen: int) -> None:
    """Take up one more place of each mentor listed, one after another."""
    mentor_ptr, mentees, costs = graph.mentor_ptr, graph.mentees, graph.mentor_costs
    place_ptr, place_cost = graph.place_ptr, graph.place_cost
    mate, load, member, u, v = state.mate, state.load, state.member, state.u, state.v
    near, came, near_mentor, came_mentor = (
        work.near_mentee,
        work.came_mentee,
        work.near_mentor,
        work.came_mentor,
    )
    finished, order = work.finished, work.order
    touched, heap_key, heap_node, now = work.touched, work.heap_key, work.heap_node, work.now
    for k in range(n_chosen):
        if now[STOPPED]:
            return
        mentor = chosen[k]
        value = v[mentor] - place_cost[place_ptr[mentor] + load[mentor]]
        if value <= 0:
            continue
        reset(now, value)
        search_from_mentor(
            mentor_ptr,
            mentees,
            costs,
            place_ptr,
            place_cost,
            mate,
            load,
            u,
            v,
            near,
            came,
            near_mentor,
            came_mentor,
            finished,
            order,
            touched,
            heap_key,
            heap_node,
            now,
            mentor,
        )
        lower_along(place_ptr, load, member, u, v, near_mentor, order, now)
        if now[END_MENTEE] >= 0:
            take(place_ptr, mate, load, member, came, came_mentor, now)
        clean(near, touched, finished, order, now)


def search_from_mentor(
    mentor_ptr: Vector,
    mentees: Vector,
    costs: Vector,
    place_ptr: Vector,
    place_cost: Vector,
    mate: Vector,
    load: Vector,
    u: Vector,
    v: Vector,
    near: Vector,
    came: Vector,
    near_mentor: Vector,
    came_mentor: Vector,
    finished: Vector,
    order: Vector,
    touched: Vector,
    heap_key: Vector,
    heap_node: Vector,
    now: Vector,
    start: int,
) -> None:
    """Find the cheapest way from a mentor to an unmatched mentee or to a place better given up."""
    near_mentor[start] = 0
    came_mentor[start] = -1
    finish(finished, order, now, start)
    mentor = start
    while mentor >= 0:
        scan_mentor(
            mentor_ptr,
            mentees,
            costs,
            mate,
            u,
            v,
            near,
            came,
            finished,
            touched,
            heap_key,
            heap_node,
            now,
            mentor,
            near_mentor[mentor],
        )
        mentor = -1
        while mentor < 0 and now[HEAP] > 0 and heap_key[0] < now[BOUND]:
            distance, mentee = heap_key[0], heap_node[0]
            pop(heap_key, heap_node, now)
            holder = mate[mentee]
            if finished[holder]:
                continue
            mentor = holder
            finish(finished, order, now, mentor)
            near_mentor[mentor] = distance
            came_mentor[mentor] = mentee
            end = distance + v[mentor] - place_cost[place_ptr[mentor] + load[mentor] - 1]
            if end < now[BOUND]:
                now[BOUND] = end
                now[END_MENTEE] = mentee
                now[END_MENTOR] = mentor


def scan_mentor(
    mentor_ptr: Vector,
    mentees: Vector,
    costs: Vector,
    mate: Vector,
    u: Vector,
    v: Vector,
    near: Vector,
    came: Vector,
    finished: Vector,
    touched: Vector,
    heap_key: Vector,
    heap_node: Vector,
    now: Vector,
    mentor: int,
    distance: int,
) -> None:
    """Reach from a mentor to the mentees; one without a mentor may end the search."""
    bound, base = now[BOUND], distance + v[mentor]
    first, last = mentor_ptr[mentor], mentor_ptr[mentor + 1]
    now[READS] += last - first
    for edge in range(first, last):
        mentee = mentees[edge]
        value = base + costs[edge] - u[mentee]
        if value < bound and value < near[mentee]:
            holder = mate[mentee]
            if holder < 0:
                came[mentee] = mentor
                bound = value
                now[END_MENTEE] = mentee
                now[END_MENTOR] = -1
            elif not finished[holder]:
                if near[mentee] == now[FAR]:
                    touched[now[TOUCHED]] = mentee
                    now[TOUCHED] += 1
                near[mentee] = value
                came[mentee] = mentor
                push(heap_key, heap_node, now, value, mentee)
    now[BOUND] = bound


def lower_along(
    place_ptr: Vector,
    load: Vector,
    member: Vector,
    u: Vector,
    v: Vector,
    near: Vector,
    order: Vector,
    now: Vector,
) -> None:
    """Lower the prices of the mentors passed, so that the way found costs nothing more."""
    for k in range(now[FINISHED]):
        mentor = order[k]
        step = now[BOUND] - near[mentor]
        near[mentor] = now[FAR]
        if step > 0:
            v[mentor] -= step
            first = place_ptr[mentor]
            for slot in range(first, first + load[mentor]):
                u[member[slot]] -= step


def take(
    place_ptr: Vector,
    mate: Vector,
    load: Vector,
    member: Vector,
    came: Vector,
    came_mentor: Vector,
    now: Vector,
) -> None:
    """Move everybody on the way found, back to the mentor who takes one more."""
    mentee = now[END_MENTEE]
    if now[END_MENTOR] >= 0:
        remove(place_ptr, load, member, now[END_MENTOR], mentee)
    while True:
        mentor = came[mentee]
        mate[mentee] = mentor
        gone = came_mentor[mentor]
        if gone < 0:
            append(place_ptr, load, member, mentor, mentee)
            return
        member[slot_of(place_ptr, member, mentor, gone)] = mentee
        mentee = gone


def open_all(
    graph: Graph, state: State, chosen: Vector, queue: Vector, left: Vector, now: Vector
) -> int:
    """Open all places of mentors who have nobody yet; every mentee is there, unmatched.

    Mentors bid in turn, each for the best mentee at the price of the second best, at most twice as
    often as there are places. ``queue`` and ``left`` have room for all these places and one more.

    Returns:
        How many places are left for :func:`open_places`, listed in ``left``.
    """
    mentor_ptr, mentees, costs = graph.mentor_ptr, graph.mentees, graph.mentor_costs
    capacity, place_ptr, place_cost = graph.capacity, graph.place_ptr, graph.place_cost
    mate, load, member, u, v = state.mate, state.load, state.member, state.u, state.v
    waiting = 0
    for k in range(len(chosen)):
        mentor = chosen[k]
        v[mentor] = first_price(mentor_ptr, mentees, costs, place_ptr, place_cost, u, mentor)
        for _ in range(capacity[mentor]):
            queue[waiting] = mentor
            waiting += 1
    room, head, tail, n_bids, n_left = waiting + 1, 0, waiting, 2 * waiting, 0
    while waiting > 0 and not now[STOPPED]:
        mentor = queue[head]
        head = head + 1 if head + 1 < room else 0
        waiting -= 1
        n_bids -= 1
        loser = NEEDS_SEARCH
        if n_bids >= 0:
            loser = offer(
                mentor_ptr,
                mentees,
                costs,
                place_ptr,
                place_cost,
                mate,
                load,
                member,
                u,
                v,
                now,
                mentor,
            )
        if loser == NEEDS_SEARCH:
            left[n_left] = mentor
            n_left += 1
        elif loser >= 0:
            queue[tail] = loser
            tail = tail + 1 if tail + 1 < room else 0
            waiting += 1
    return n_left


def first_price(
    mentor_ptr: Vector,
    mentees: Vector,
    costs: Vector,
    place_ptr: Vector,
    place_cost: Vector,
    u: Vector,
    mentor: int,
) -> int:
    """Return the smallest price for a mentor of whom no place is open."""
    price = place_cost[place_ptr[mentor]]
    for edge in range(mentor_ptr[mentor], mentor_ptr[mentor + 1]):
        value = u[mentees[edge]] - costs[edge]
        if value > price:
            price = value
    return price


def offer(
    mentor_ptr: Vector,
    mentees: Vector,
    costs: Vector,
    place_ptr: Vector,
    place_cost: Vector,
    mate: Vector,
    load: Vector,
    member: Vector,
    u: Vector,
    v: Vector,
    now: Vector,
    mentor: int,
) -> int:
    """Open one more place by a bid alone, without a search.

    Returns:
        The mentor who loses a mentee by it, -1 where nobody does, or ``NEEDS_SEARCH``.
    """
    second = place_cost[place_ptr[mentor] + load[mentor]]
    best, first, other = second, -1, -1
    begin, end = mentor_ptr[mentor], mentor_ptr[mentor + 1]
    now[READS] += end - begin
    for edge in range(begin, end):
        mentee = mentees[edge]
        value = u[mentee] - costs[edge]
        if value > second and mate[mentee] != mentor:
            if value > best:
                second, other = best, first
                best, first = value, mentee
            else:
                second, other = value, mentee
    if first >= 0 and best == second and mate[first] >= 0:
        first = other if mate[other] < 0 else -1
    if first < 0:
        return NEEDS_SEARCH
    lower(place_ptr, load, member, u, mentor, v[mentor] - second)
    v[mentor] = second
    u[first] -= best - second
    loser = mate[first]
    if loser >= 0:
        remove(place_ptr, load, member, loser, first)
    mate[first] = mentor
    append(place_ptr, load, member, mentor, first)
    return loser


def lower(
    place_ptr: Vector, load: Vector, member: Vector, u: Vector, mentor: int, step: int
) -> None:
    """Let a mentor's mentees pay less."""
    first = place_ptr[mentor]
    for slot in range(first, first + load[mentor]):
        u[member[slot]] -= step


# ------------------------------------------------------------------ the whole


def run_jobs(
    graph: Graph,
    state: State,
    work: Work,
    jobs: Jobs,
    queue: Vector,
    left: Vector,
    chosen: Vector,
) -> None:
    """Solve components, each from its scarcer side; ``chosen`` lists their numbers."""
    for k in range(len(chosen)):
        if work.now[STOPPED]:
            return
        job = chosen[k]
        if jobs.from_mentors[job]:
            mentors = jobs.mentors[jobs.mentor_ptr[job] : jobs.mentor_ptr[job + 1]]
            n_left = open_all(graph, state, mentors, queue, left, work.now)
            open_places(graph, state, work, left, n_left)
        else:
            mentees = jobs.mentees[jobs.mentee_ptr[job] : jobs.mentee_ptr[job + 1]]
            place_all(graph, state, work, mentees)


def by_mentor(
    mentee_ptr: Vector,
    mentors: Vector,
    costs: Vector,
    mentor_ptr: Vector,
    mentees: Vector,
    mentor_costs: Vector,
) -> None:
    """Write the pairs by mentor; ``mentor_ptr`` comes as noughts, one longer than the mentors."""
    n_mentors = len(mentor_ptr) - 1
    for edge in range(len(mentors)):
        mentor_ptr[mentors[edge]] += 1
    total = 0
    for mentor in range(n_mentors):
        total += mentor_ptr[mentor]
        mentor_ptr[mentor] = total
    mentor_ptr[n_mentors] = total
    for mentee in range(len(mentee_ptr) - 2, -1, -1):
        for edge in range(mentee_ptr[mentee + 1] - 1, mentee_ptr[mentee] - 1, -1):
            mentor = mentors[edge]
            place = mentor_ptr[mentor] - 1
            mentor_ptr[mentor] = place
            mentees[place] = mentee
            mentor_costs[place] = costs[edge]


def components(mentee_ptr: Vector, mentors: Vector, label: Vector) -> int:
    """Number the connected components by their smallest node; return how many there are.

    ``label`` has room for all mentees and then all mentors.
    """
    n_mentees = len(mentee_ptr) - 1
    for node in range(len(label)):
        label[node] = node
    for mentee in range(n_mentees):
        one = root_of(label, mentee)
        for edge in range(mentee_ptr[mentee], mentee_ptr[mentee + 1]):
            other = root_of(label, n_mentees + mentors[edge])
            if one < other:
                label[other] = one
            elif other < one:
                label[one] = other
                one = other
    count = 0
    for node in range(len(label)):
        # A root comes before its nodes and has its number by then, kept as a negative.
        if label[node] == node:
            count += 1
            label[node] = -count
        else:
            parent = label[node]
            while parent >= 0:
                parent = label[parent]
            label[node] = parent
    for node in range(len(label)):
        label[node] = -label[node] - 1
    return count


def root_of(label: Vector, node: int) -> int:
    """Return the root of a node, halving the way there."""
    while label[node] != node:
        label[node] = label[label[node]]
        node = label[node]
    return node


def lower_prices(graph: Graph, state: State, work: Work, slack: Vector, sources: Vector) -> None:
    """Move to the smallest prices of mentors that still prove the matching.

    ``slack`` comes as how far each mentor's price may fall by itself, and the mentees listed in
    ``sources`` are unmatched, so that theirs must not.
    """
    heap_key, heap_node, now, finished = work.heap_key, work.heap_node, work.now, work.finished
    mentee_ptr, mentors, costs = graph.mentee_ptr, graph.mentors, graph.costs
    place_ptr, load, member, u, v = graph.place_ptr, state.load, state.member, state.u, state.v
    now[HEAP] = 0
    for k in range(len(sources)):
        shorten(mentee_ptr, mentors, costs, u, v, slack, sources[k], 0)
    for mentor in range(len(slack)):
        push(heap_key, heap_node, now, slack[mentor], mentor)
    while now[HEAP] > 0 and not now[STOPPED]:
        value, mentor = heap_key[0], heap_node[0]
        pop(heap_key, heap_node, now)
        if finished[mentor]:
            continue
        finished[mentor] = 1
        for slot in range(place_ptr[mentor], place_ptr[mentor] + load[mentor]):
            mentee = member[slot]
            for edge in range(mentee_ptr[mentee], mentee_ptr[mentee + 1]):
                other = mentors[edge]
                reach = value + costs[edge] + v[other] - u[mentee]
                if reach < slack[other]:
                    slack[other] = reach
                    push(heap_key, heap_node, now, reach, other)
    for mentor in range(len(slack)):
        finished[mentor] = 0
        lower(place_ptr, load, member, u, mentor, slack[mentor])
    for mentor in range(len(slack)):
        v[mentor] -= slack[mentor]


def shorten(
    mentee_ptr: Vector,
    mentors: Vector,
    costs: Vector,
    u: Vector,
    v: Vector,
    slack: Vector,
    mentee: int,
    value: int,
) -> None:
    """Let a mentee hold up the prices of the mentors there."""
    for edge in range(mentee_ptr[mentee], mentee_ptr[mentee + 1]):
        other = mentors[edge]
        reach = value + costs[edge] + v[other] - u[mentee]
        if reach < slack[other]:
            slack[other] = reach


def tight_pairs(
    mentee_ptr: Vector, mentors: Vector, costs: Vector, u: Vector, v: Vector, found: Vector
) -> int:
    """List the positions of the pairs of reduced cost 0; return how many there are."""
    count = 0
    for mentee in range(len(mentee_ptr) - 1):
        price = u[mentee]
        for edge in range(mentee_ptr[mentee], mentee_ptr[mentee + 1]):
            if costs[edge] + v[mentors[edge]] == price:
                found[count] = edge
                count += 1
    return count


def strong_components(
    first: Vector, heads: Vector, label: Vector, low: Vector, at: Vector, stack: Vector, way: Vector
) -> int:
    """Label the strong components of arcs ``heads[first[x]:first[x + 1]]``; return their number.

    No arc leads to a component of a higher label (Tarjan 1972, without recursion). ``label`` and
    ``low`` come as -1, ``at``, ``stack`` and ``way`` are room, each one per node.
    """
    count, seen, height = 0, 0, 0
    for start in range(len(label)):
        if low[start] >= 0 or first[start] == first[start + 1]:
            continue
        depth = 0
        way[0] = start
        low[start] = seen
        at[start] = first[start]
        seen += 1
        stack[height] = start
        height += 1
        # While a node is open its own number is kept in `label` as a number below -1.
        label[start] = -2 - low[start]
        while depth >= 0:
            node = way[depth]
            if at[node] < first[node + 1]:
                head = heads[at[node]]
                at[node] += 1
                if low[head] < 0:
                    depth += 1
                    way[depth] = head
                    low[head] = seen
                    label[head] = -2 - seen
                    at[head] = first[head]
                    seen += 1
                    stack[height] = head
                    height += 1
                elif label[head] < -1 and low[head] < low[node]:
                    low[node] = low[head]
                continue
            depth -= 1
            if depth >= 0 and low[node] < low[way[depth]]:
                low[way[depth]] = low[node]
            if low[node] == -2 - label[node]:
                while True:
                    height -= 1
                    label[stack[height]] = count
                    if stack[height] == node:
                        break
                count += 1
    return count


# ------------------------------------------------------------------ changes


def n_breaches(graph: Graph, state: State, chosen: Vector) -> int:
    """Count what does not hold of the proof around the mentors listed, pair by pair.

    Their own pairs and places are looked at, and all pairs of their mentees.
    """
    count = 0
    for k in range(len(chosen)):
        mentor = chosen[k]
        price, load, first = state.v[mentor], state.load[mentor], graph.place_ptr[mentor]
        if load > graph.capacity[mentor]:
            count += 1
        if load > 0 and price < graph.place_cost[first + load - 1]:
            count += 1
        if load < graph.capacity[mentor] and price > graph.place_cost[first + load]:
            count += 1
        for edge in range(graph.mentor_ptr[mentor], graph.mentor_ptr[mentor + 1]):
            if graph.mentor_costs[edge] + price < state.u[graph.mentees[edge]]:
                count += 1
        for slot in range(first, first + load):
            mentee = state.member[slot]
            count += n_breaches_of(graph, state, mentee, mentor)
    return count


def n_breaches_of(graph: Graph, state: State, mentee: int, mentor: int) -> int:
    """Count what does not hold of the proof around a mentee, matched to the mentor or to -1."""
    count, met, price = 0, 0, state.u[mentee]
    if state.mate[mentee] != mentor or price > graph.unmatched[mentee]:
        count += 1
    if mentor < 0 and price != graph.unmatched[mentee]:
        count += 1
    for edge in range(graph.mentee_ptr[mentee], graph.mentee_ptr[mentee + 1]):
        other = graph.mentors[edge]
        value = graph.costs[edge] + state.v[other] - price
        if value < 0:
            count += 1
        if other == mentor and value == 0:
            met = 1
    if mentor >= 0 and met == 0:
        count += 1
    return count
