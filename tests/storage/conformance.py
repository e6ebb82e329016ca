"""The storage conformance suite: what every engine behind `domain.ports.Store` must do. No fake stands in for an engine.

An engine joins with one line in a test module of its own:

    class TestSqlite(StoreContract):
        engine = SqliteEngine
"""

from tests.storage.account_claims import AccountClaims
from tests.storage.annotation_claims import AnnotationClaims
from tests.storage.aside_claims import AsideClaims
from tests.storage.erasure_claims import ErasureClaims
from tests.storage.library_claims import LibraryClaims
from tests.storage.merge_claims import MergeClaims, RunClaims
from tests.storage.model_claims import ModelClaims
from tests.storage.reading_claims import ReadingClaims
from tests.storage.revision_claims import RevisionClaims
from tests.storage.server_claims import ServerClaims
from tests.storage.standing_claims import StandingClaims
from tests.storage.strain_claims import StrainClaims
from tests.storage.traffic_claims import NoteClaims, TrafficClaims
from tests.storage.unit_claims import UnitClaims


class StoreContract(
    AccountClaims,
    ReadingClaims,
    StandingClaims,
    MergeClaims,
    RunClaims,
    AnnotationClaims,
    RevisionClaims,
    ErasureClaims,
    UnitClaims,
    AsideClaims,
    TrafficClaims,
    NoteClaims,
    StrainClaims,
    ModelClaims,
    LibraryClaims,
    ServerClaims,
):
    """All claims, for one engine."""
