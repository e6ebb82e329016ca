"""`META-INF/encryption.xml`: which entries can't be read. Obfuscated fonts are no secret and don't count. Must not know archives.

Sources: https://www.w3.org/TR/epub-33/#sec-container-metainf-encryption.xml, https://www.w3.org/TR/epub-33/#sec-font-obfuscation
"""

from collections.abc import Iterator

from lxml import etree

from placekeeper.formats.paths import resolved

OBFUSCATIONS = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})


def encrypted_paths(root: etree._Element) -> Iterator[str]:
    """The paths of entries that need a key which is not in the file."""
    for data in root.iter("{*}EncryptedData"):
        method = next(data.iter("{*}EncryptionMethod"), None)
        if method is None or method.get("Algorithm") not in OBFUSCATIONS:
            yield from (resolved("", reference.get("URI") or "") for reference in data.iter("{*}CipherReference"))
