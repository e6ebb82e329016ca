"""The memory of verified credentials is bounded, forgets the least recently used, and says nothing of the keys."""

from collections import OrderedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.domain.account import OWN_SCOPES, ArbiterMode, Principal
from placekeeper.services.credentials import VerifiedCredentials

LIMIT = 3


def somebody(name: str) -> Principal:
    return Principal(account_id=name, account_name=name, credential_revision=1, scopes=OWN_SCOPES, arbiter=ArbiterMode.RULES)


@settings(derandomize=True, deadline=None, database=None)
@given(st.lists(st.tuples(st.sampled_from(["remember", "recall", "forget"]), st.sampled_from("abcdef")), max_size=60))
def test_least_recently_used_is_forgotten(steps: list[tuple[str, str]]) -> None:
    """Whatever is remembered, recalled and forgotten: there are never more than the limit, and those used last are there."""
    memory, model = VerifiedCredentials(LIMIT), OrderedDict[str, Principal]()
    for step, name in steps:
        fingerprint, known = memory.fingerprint(name, "key"), model.get(name)
        if step == "remember" and known is None:
            memory.remember(fingerprint, somebody(name))
            model[name] = somebody(name)
            if len(model) > LIMIT:
                model.popitem(last=False)
        elif step == "forget":
            memory.forget(fingerprint)
            model.pop(name, None)
        elif step == "recall":
            assert known == memory.recall(fingerprint)
            if known is not None:
                model.move_to_end(name)
    assert list(model) == [principal.account_name for principal in memory._known.values()]


def test_refusals_are_bounded() -> None:
    """Refusals have a bound of their own, so that guessing can't push out those who are known, and end with the revision."""
    memory = VerifiedCredentials(LIMIT)
    known = memory.fingerprint("mina", "key")
    memory.remember(known, somebody("mina"))
    guesses = [memory.fingerprint("mina", str(number)) for number in range(50)]
    for guess in guesses:
        memory.refuse(guess, 1)

    assert [False] * 47 + [True] * 3 == [memory.refused(guess, 1) for guess in guesses]
    assert not memory.refused(guesses[-1], 2)
    assert somebody("mina") == memory.recall(known)


@pytest.mark.parametrize(
    "other", [("mina", "Key"), ("Mina", "key"), ("minak", "ey"), ("min", "akey"), ("", "minakey"), ("mina", "")]
)
def test_fingerprints_differ(other: tuple[str, str]) -> None:
    """Name and key are told apart exactly, where one ends and the other begins included."""
    memory = VerifiedCredentials(LIMIT)

    assert memory.fingerprint("mina", "key") != memory.fingerprint(*other)


def test_fingerprints_say_nothing_elsewhere() -> None:
    """Another process has other fingerprints for the same key; whatever can be sent has one."""
    one, two = VerifiedCredentials(LIMIT), VerifiedCredentials(LIMIT)

    assert one.fingerprint("mina", "key") == one.fingerprint("mina", "key")
    assert one.fingerprint("mina", "key") != two.fingerprint("mina", "key")
    assert 16 == len(one.fingerprint("\udcff", "\N{GRINNING FACE}"))
