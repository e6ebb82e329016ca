"""Small EPUBs for tests, as their authors or their enemies would make them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

MEDIA_TYPES = {
    "xhtml": "application/xhtml+xml",
    "html": "application/xhtml+xml",
    "htm": "application/xhtml+xml",
    "svg": "image/svg+xml",
    "css": "text/css",
    "ncx": "application/x-dtbncx+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "smil": "application/smil+xml",
}
CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="{opf}" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
METADATA = (
    '<dc:title>A book</dc:title><dc:identifier id="uid">urn:uuid:0b5e1e6c-0000-4000-8000-000000000000</dc:identifier>'
    "<dc:language>en</dc:language>"
)


def xhtml(body: str, head: str = "<title>t</title>") -> str:
    """A content document around the markup of its body, which begins right after the tag."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head>{head}</head><body>{body}</body></html>'


def manifest_item(number: int, name: str, properties: str = "") -> str:
    """The manifest item of the `number`-th file, whose id is `f` and the number."""
    kind = MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    extra = f' properties="{properties}"' if properties else ""
    return f'<item id="f{number}" href={quoteattr(name)} media-type="{kind}"{extra}/>'


def package(
    names: Sequence[str],
    spine: Sequence[str] | None = None,
    *,
    metadata: str = METADATA,
    properties: Mapping[str, str] | None = None,
) -> str:
    """A package document for files beside it. `spine`: names, or whole elements (`<itemref ...>`); else all content documents."""
    ids = {name: f"f{number}" for number, name in enumerate(names)}
    if spine is None:
        spine = [name for name in names if name.endswith((".xhtml", ".html", ".htm"))]
    manifest = "".join(manifest_item(number, name, (properties or {}).get(name, "")) for number, name in enumerate(names))
    itemrefs = "".join(entry if entry.startswith("<") else f'<itemref idref="{ids.get(entry, entry)}"/>' for entry in spine)
    toc = next((f' toc="{ids[name]}"' for name in names if name.endswith(".ncx")), "")
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="uid">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">{metadata}</metadata>'
        f"<manifest>{manifest}</manifest><spine{toc}>{itemrefs}</spine></package>"
    )


def make_zip(path: Path, entries: Mapping[str, str | bytes], *, stored: Sequence[str] = ("mimetype",)) -> Path:
    """A zip of these entries in this order; `stored` names those that are not deflated."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def make_epub(
    path: Path,
    files: Mapping[str, str | bytes],
    spine: Sequence[str] | None = None,
    *,
    opf: str | bytes | None = None,
    opf_path: str = "OEBPS/content.opf",
    metadata: str = METADATA,
    properties: Mapping[str, str] | None = None,
    extra: Mapping[str, str | bytes] | None = None,
) -> Path:
    """An EPUB at `path`.

    `files`: content by href beside the package document; see `xhtml` for those where only the body matters. `spine`: see
    `package`. `opf`: the package document, where the one made from `files` won't do. `properties`: manifest properties by href.
    `extra`: more entries, by path from the root (`META-INF/encryption.xml`); they replace those of the same name.
    """
    folder = opf_path.rpartition("/")[0]
    entries: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER.format(opf=opf_path),
    }
    entries[opf_path] = opf if opf is not None else package(list(files), spine, metadata=metadata, properties=properties)
    entries |= {f"{folder}/{name}" if folder else name: content for name, content in files.items()}
    return make_zip(path, entries | dict(extra or {}))
