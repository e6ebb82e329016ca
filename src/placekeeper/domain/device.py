"""A device: one reading system of an account."""

from dataclasses import dataclass

PLACEKEEPER = "placekeeper"
"""Key, kind and name of the device that stands for the person steering by hand (restore)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """`key` recognises the device within its account: its credential, else the id that it sends, else its name.

    `address` is where it last wrote from: KOSync's GET names no device, so that is how its asker is guessed.
    Times: Unix milliseconds.
    """

    account_id: str
    id: str
    key: str
    kind: str
    name: str
    address: str | None
    created_at: int
    active_at: int


def device_key(*, credential_id: str | None, foreign_id: str | None, name: str) -> str:
    """The key of the device that wrote: the credential says it exactly, a sent id well, a name at worst."""
    if credential_id is not None:
        return f"credential:{credential_id}"
    if foreign_id:
        return f"id:{foreign_id}"
    return f"name:{name}"
