"""Accounts, credentials and pairings come back as they went in, and lead to the right account only."""

from dataclasses import replace

import pytest

from placekeeper.domain.account import ArbiterMode, Credential, Scope
from placekeeper.domain.errors import NameTaken
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.samples import NOW, TEXTS, a_credential, a_pairing, an_account


class AccountClaims(Claims):
    @pytest.mark.parametrize("text", [text for text in TEXTS if text])
    def test_account_round_trip(self, opened: Opened, text: str) -> None:
        """An account comes back with every field, by its id and by its name, whatever is written in it."""
        account = an_account(
            name=text,
            key_hash=text,
            credential_revision=2**53,
            admin=True,
            library=False,
            arbiter=ArbiterMode.LATEST,
            quota=2**53,
            full=True,
        )
        opened.write(lambda ledger: ledger.save_account(account))

        assert account == opened.read(lambda ledger: ledger.account(account.id))
        assert account == opened.read(lambda ledger: ledger.account_named(text))
        assert [account] == opened.browse(lambda ledger: ledger.accounts())
        assert 2**53 == opened.read(lambda ledger: ledger.credential_revision(account.id))

    def test_has_admin(self, opened: Opened) -> None:
        """It is known whether there is any admin, and known again when there is none any more."""
        opened.write(lambda ledger: ledger.save_account(an_account(admin=False)))
        assert not opened.read(lambda ledger: ledger.has_admin())
        admin = an_account(admin=True)
        opened.write(lambda ledger: ledger.save_account(admin))
        assert opened.read(lambda ledger: ledger.has_admin())
        opened.write(lambda ledger: ledger.erase_account(admin.id, NOW))

        assert not opened.read(lambda ledger: ledger.has_admin())

    def test_account_changes(self, opened: Opened) -> None:
        """Saving an account again changes it; its old name leads nowhere from then on."""
        account = an_account(name="before")
        later = replace(
            account,
            name="after",
            key_hash="other",
            credential_revision=2,
            admin=True,
            library=False,
            arbiter=ArbiterMode.LATEST,
            quota=2**53,
            full=True,
        )
        opened.write(lambda ledger: ledger.save_account(account))
        opened.write(lambda ledger: ledger.save_account(later))

        assert [later] == opened.read(lambda ledger: ledger.accounts())
        assert later == opened.read(lambda ledger: ledger.account_named("after"))
        assert None is opened.read(lambda ledger: ledger.account_named("before"))

    def test_nobody(self, opened: Opened) -> None:
        """What is not there is None or empty, never an error."""
        assert None is opened.read(lambda ledger: ledger.account("nobody"))
        assert None is opened.read(lambda ledger: ledger.account_named("nobody"))
        assert None is opened.read(lambda ledger: ledger.credential_revision("nobody"))
        assert None is opened.read(lambda ledger: ledger.credential_holder("nothing"))
        assert None is opened.read(lambda ledger: ledger.credential_of("nobody", "nothing"))
        assert None is opened.read(lambda ledger: ledger.pairing("nobody"))
        assert [] == opened.read(lambda ledger: ledger.accounts())
        assert [] == opened.read(lambda ledger: ledger.credentials("nobody"))

    def test_accounts_by_name(self, opened: Opened) -> None:
        """All accounts are listed by name, whenever they were made."""
        for name in ("mina", "arthur", "jonathan", "lucy"):
            opened.write(lambda ledger, name=name: ledger.save_account(an_account(name=name)))

        assert ["arthur", "jonathan", "lucy", "mina"] == [a.name for a in opened.browse(lambda ledger: ledger.accounts())]

    def test_names_are_exact(self, opened: Opened) -> None:
        """Names that look alike are different names: case, spaces and the forms of Unicode are kept apart."""
        names = ["Mina", "mina", "mina ", "\N{LATIN SMALL LETTER E WITH ACUTE}", "e\N{COMBINING ACUTE ACCENT}"]
        accounts = {name: an_account(name=name) for name in names}
        for account in accounts.values():
            opened.write(lambda ledger, account=account: ledger.save_account(account))

        assert accounts == {name: opened.read(lambda ledger, name=name: ledger.account_named(name)) for name in names}

    @pytest.mark.parametrize("known", [False, True])
    def test_a_name_is_taken_once(self, opened: Opened, *, known: bool) -> None:
        """A name that another account has is NameTaken, for a new account as for a renamed one; nothing changes."""
        first, second = an_account(name="mina"), an_account(name="lucy")
        opened.write(lambda ledger: ledger.save_account(first))
        if known:
            opened.write(lambda ledger: ledger.save_account(second))

        with pytest.raises(NameTaken):
            opened.write(lambda ledger: ledger.save_account(replace(second, name="mina")))
        assert first == opened.read(lambda ledger: ledger.account_named("mina"))
        assert (second if known else None) == opened.read(lambda ledger: ledger.account(second.id))

    @pytest.mark.parametrize("scopes", [frozenset(), frozenset({Scope.SYNC}), frozenset(Scope)])
    def test_credential_round_trip(self, opened: Opened, scopes: frozenset[Scope]) -> None:
        """A credential comes back with every field, in the list and by its digest; its digest leads to its account."""
        for name in TEXTS:
            credential = a_credential("mina", name=name, scopes=scopes)
            opened.write(lambda ledger, credential=credential: ledger.save_credential(credential))

            assert credential == opened.read(lambda ledger: ledger.credentials("mina")[-1])
            assert credential == opened.read(lambda ledger, digest=credential.digest: ledger.credential_of("mina", digest))
            assert "mina" == opened.read(lambda ledger, digest=credential.digest: ledger.credential_holder(digest))

    def test_credentials_in_order(self, opened: Opened) -> None:
        """An account's credentials are listed oldest first, revoked ones too; another account's are not."""
        mine = [a_credential("mina"), a_credential("mina", revoked_at=NOW + 9), a_credential("mina")]
        for credential in [mine[2], mine[0], a_credential("lucy"), mine[1]]:
            opened.write(lambda ledger, credential=credential: ledger.save_credential(credential))

        assert mine == opened.read(lambda ledger: ledger.credentials("mina"))

    def test_revoked(self, opened: Opened) -> None:
        """A revoked credential leads nowhere: not by its account and digest, not as a bearer token. Others still do."""
        gone, kept = a_credential("mina"), a_credential("mina")
        revoked = replace(gone, revoked_at=NOW + 1)
        for credential in (gone, kept, revoked):
            opened.write(lambda ledger, credential=credential: ledger.save_credential(credential))

        assert None is opened.read(lambda ledger: ledger.credential_of("mina", gone.digest))
        assert None is opened.read(lambda ledger: ledger.credential_holder(gone.digest))
        assert kept == opened.read(lambda ledger: ledger.credential_of("mina", kept.digest))
        assert "mina" == opened.read(lambda ledger: ledger.credential_holder(kept.digest))
        assert [revoked, kept] == opened.read(lambda ledger: ledger.credentials("mina"))

    def test_digests_do_not_cross_accounts(self, opened: Opened) -> None:
        """A digest that two accounts happen to share stays with the first as a token; the second can't take it away."""
        first, second = a_credential("mina", digest="same"), a_credential("lucy", digest="same")

        def hold(credential: Credential) -> str | None:
            opened.write(lambda ledger: ledger.save_credential(credential))
            return opened.read(lambda ledger: ledger.credential_holder("same"))

        assert "mina" == hold(first)
        assert "mina" == hold(second)
        assert "mina" == hold(replace(second, revoked_at=NOW))
        assert first == opened.read(lambda ledger: ledger.credential_of("mina", "same"))
        assert None is opened.read(lambda ledger: ledger.credential_of("lucy", "same"))
        opened.write(lambda ledger: ledger.erase_account("lucy", NOW))
        assert "mina" == opened.read(lambda ledger: ledger.credential_holder("same"))

    def test_pairing(self, opened: Opened) -> None:
        """An account has one open pairing: a newer one replaces it, dropping it leaves none, others keep theirs."""
        first = a_pairing("mina")
        second = a_pairing("mina", digest="other", device_name=TEXTS[4], expires_at=NOW + 1, tries_left=1)
        hers = a_pairing("lucy", device_name="")
        for pairing in (first, hers, second):
            opened.write(lambda ledger, pairing=pairing: ledger.save_pairing(pairing))

        assert second == opened.read(lambda ledger: ledger.pairing("mina"))
        opened.write(lambda ledger: ledger.drop_pairing("mina"))
        assert None is opened.read(lambda ledger: ledger.pairing("mina"))
        assert hers == opened.read(lambda ledger: ledger.pairing("lucy"))
        opened.write(lambda ledger: ledger.drop_pairing("mina"))
