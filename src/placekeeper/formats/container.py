"""From an archive to the package document inside it, and what its META-INF says. Must not know what a package means.

Source: https://www.w3.org/TR/epub-33/#sec-container-metainf-container.xml
"""

from lxml import etree

from placekeeper.domain.errors import DamagedEntry, LimitExceeded, NotAnEpub
from placekeeper.formats.archive import Archive
from placekeeper.formats.decoding import decode
from placekeeper.formats.encryption import encrypted_paths
from placekeeper.formats.markup import local, parsed, salvaged

CONTAINER, ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
PACKAGE_TYPE = "application/oebps-package+xml"


def read_markup(archive: Archive, path: str) -> etree._Element | None:
    """The root of a file that is no content document; None, and a note, where it can't be had. Raises `BadFile`."""
    unpacked = archive.read(path)
    if len(unpacked.data) > archive.limits.markup_bytes:
        raise LimitExceeded(f"markup_bytes: {path!r} has {len(unpacked.data)} bytes, more than {archive.limits.markup_bytes}")
    if unpacked.damage:
        archive.notes.add(unpacked.damage)
    source = decode(unpacked.data)
    root = parsed(source)
    if root is None:
        root = salvaged(source)
        archive.notes.add(
            f"{path!r} is not well-formed: " + ("nothing of it can be read" if root is None else "read as far as it makes sense")
        )
    return root


def find_package(archive: Archive) -> tuple[str, etree._Element]:
    """Path and root of the package document. Raises `BadFile`."""
    for path in candidates(archive):
        root = read_markup(archive, path)
        if root is not None:
            package = root if local(root) == "package" else next(root.iter("{*}package"), None)
            if package is not None:
                return path, package
        archive.notes.add(f"{path!r} is no package document")
    raise NotAnEpub("no EPUB: there is no package document that can be read")


def candidates(archive: Archive) -> list[str]:
    """Where package documents are: as the container says, else wherever there is one. Raises `BadFile`."""
    container = archive.find(CONTAINER)
    if container is None:
        archive.notes.add(f"{CONTAINER!r} is missing")
    else:
        found = rootfiles(archive, container)
        if found:
            return found
        archive.notes.add(f"{CONTAINER!r} leads to no package document")
    found = [path for path in archive.entries if path.lower().endswith(".opf")]
    if len(found) > 1:
        raise NotAnEpub(f"no EPUB: {CONTAINER!r} does not say which of {len(found)} package documents counts")
    return found


def rootfiles(archive: Archive, container: str) -> list[str]:
    """The package documents that the container names and the archive has, the first one first. Raises `LimitExceeded`."""
    try:
        root = read_markup(archive, container)
    except DamagedEntry as error:
        archive.notes.add(str(error))
        return []
    named = [] if root is None else [file.get("full-path") or "" for file in root.iter("{*}rootfile") if is_package(file)]
    if len(named) > 1:
        archive.notes.add(f"the container names {len(named)} package documents: the first one that can be read counts")
    return [path for path in map(archive.find, named) if path]


def is_package(rootfile: etree._Element) -> bool:
    """Whether a rootfile is a package document; one without a type is taken for one."""
    return rootfile.get("media-type", PACKAGE_TYPE).strip() == PACKAGE_TYPE


def find_encrypted(archive: Archive) -> frozenset[str]:
    """The paths of entries that can't be read without a key."""
    path = archive.find(ENCRYPTION)
    if path is None:
        return frozenset()
    try:
        root = read_markup(archive, path)
    except (DamagedEntry, LimitExceeded) as error:
        archive.notes.add(str(error))
        return frozenset()
    return frozenset() if root is None else frozenset(encrypted_paths(root))
