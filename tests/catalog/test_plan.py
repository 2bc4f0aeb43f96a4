"""The plan of a request, with any tasks, conditions and order."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from catalog import plan
from catalog.definition import PlannedTask, Words
from catalog.enums import Delivered
from tickets.enums import TaskState

TODAY = date(2026, 11, 24)


@st.composite
def plans(draw):
    """Tasks in any order that wait for others without a circle, some only if answered so."""
    size = draw(st.integers(1, 9))
    tasks = []
    for at in range(size):
        before = draw(st.lists(st.integers(0, at - 1), unique=True)) if at else []
        wanted = draw(st.sampled_from([None, "yes", "no"]))
        condition = {"field": "q", "is": "eq", "value": wanted} if wanted else None
        tasks.append(
            PlannedTask(
                str(at), Words(str(at)), Words(), None, tuple(map(str, before)), condition, None
            )
        )
    return draw(st.permutations(tasks))


def above(tasks, key):
    """All that a task waits for, near and far."""
    by_key = {task.key: task for task in tasks}
    found, waiting = set(), list(by_key[key].after)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(by_key[one].after)
    return found


def kept_by(tasks, answer):
    return {t.key for t in tasks if t.condition is None or t.condition["value"] == answer}


@given(plans(), st.sampled_from(["yes", "no"]))
def test_tasks_whose_condition_holds_are_made_behind_what_they_wait_for(tasks, answer):
    work = plan.chosen(tasks, {"q": answer}, TODAY)
    kept = kept_by(tasks, answer)
    assert sorted(w.task.key for w in work) == sorted(kept)
    made = set()
    for each in work:
        assert set(each.after) <= made
        made.add(each.task.key)


@given(plans(), st.sampled_from(["yes", "no"]))
def test_what_waited_for_a_task_left_out_waits_for_what_that_one_waited_for(tasks, answer):
    work = {w.task.key: set(w.after) for w in plan.chosen(tasks, {"q": answer}, TODAY)}

    def far(key):
        found, waiting = set(), list(work[key])
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(work[one])
        return found

    kept = kept_by(tasks, answer)
    for key in work:
        assert far(key) == above(tasks, key) & kept


@given(plans(), st.randoms(use_true_random=False))
def test_whatever_is_ready_is_done_until_all_is_fulfilled(tasks, chance):
    """Whoever does what is ready, in any order, gets to the end; and only then it is complete."""
    work = plan.chosen(tasks, {"q": "yes"}, TODAY)
    ids = {w.task.key: number for number, w in enumerate(work)}
    states = dict.fromkeys(ids.values(), TaskState.OPEN)
    after = {ids[w.task.key]: frozenset(ids[key] for key in w.after) for w in work}

    def standing():
        return [plan.Standing(pk, state, after[pk]) for pk, state in states.items()]

    while ready := plan.ready(standing()):
        assert not plan.is_complete(states.values())
        chosen = chance.choice(ready)
        assert all(states[pk] in plan.ENDED_WELL for pk in after[chosen])
        states[chosen] = chance.choice([TaskState.DONE, TaskState.DONE, TaskState.SKIPPED])
    ended = all(state in plan.ENDED_WELL for state in states.values())
    assert ended
    done = TaskState.DONE in states.values()
    assert plan.is_complete(states.values()) == done
    if done:
        assert plan.delivered(states.values()) == Delivered.ALL


def test_nothing_goes_on_behind_a_task_that_failed():
    failed = plan.Standing(1, TaskState.FAILED)
    waiting = plan.Standing(2, TaskState.OPEN, frozenset({1}))
    assert plan.ready([failed, waiting]) == []
    assert not plan.is_complete(["failed", "done"])
    assert plan.delivered(["failed", "done"]) == Delivered.PART


def test_a_request_without_any_task_is_not_complete_by_itself():
    assert not plan.is_complete([])
    assert plan.delivered([]) == Delivered.NOTHING
