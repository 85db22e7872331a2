"""Threads that want to write are served in the order in which they came."""

import threading
import time

from creason_core.store.sql.fair_lock import FairLock


def test_the_lock_goes_to_the_thread_that_has_waited_longest() -> None:
    turns, served = FairLock(), list[int]()
    assert turns.acquire(1.0)

    def wait(number: int) -> None:
        assert turns.acquire(10.0)
        served.append(number)
        turns.release()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(20)]
    for waiting, thread in enumerate(threads, 1):
        thread.start()
        while len(turns._waiting) < waiting:
            time.sleep(0.001)
    turns.release()
    for thread in threads:
        thread.join()
    assert served == list(range(20))
    assert turns.acquire(0.0), "it is free again"


def test_who_gave_up_is_passed_over_and_nothing_is_held_for_ever() -> None:
    turns = FairLock()
    assert turns.acquire(1.0)
    assert not turns.acquire(0.01)
    turns.release()
    assert turns.acquire(0.0)


def test_one_at_a_time_under_contention_with_impatient_threads() -> None:
    turns, inside, served, most = FairLock(), 0, 0, 0
    gave_up = []

    def work() -> None:
        nonlocal inside, served, most
        for _ in range(200):
            if not turns.acquire(0.0005):
                gave_up.append(1)
                continue
            inside += 1
            most = max(most, inside)
            time.sleep(0.0001)
            inside -= 1
            served += 1
            turns.release()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert served + len(gave_up) == 8 * 200
    assert served > 0, "some were served, or this shows nothing"
    assert gave_up, "some gave up, or this shows nothing"
    assert turns.acquire(0.0), "nobody holds it any more"
