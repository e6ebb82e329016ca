"""What reading one file may take. Must not know how anything is read. docs/formats.md gives the reason for each number."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All sizes in bytes unless the name says otherwise. The defaults are many times what real publications need."""

    directory_bytes: int = 32 << 20
    """The zip directory, which is read whole."""
    entries: int = 65_535
    """Entries of an archive: as many as a zip without ZIP64 can hold."""
    name_characters: int = 1_024
    """An entry's path; entries with longer ones are passed over."""
    total_bytes: int = 64 << 30
    """What all entries together say they inflate to."""
    entry_bytes: int = 128 << 20
    """What one entry may inflate to."""
    ratio: int = 200
    """Inflated to deflated size of one entry, above `ratio_from`. Text has 3 to 10, deflate can do 1,032."""
    ratio_from: int = 4 << 20
    """The inflated size up to which the ratio does not matter."""
    searched_bytes: int = 64 << 20
    """What all content documents together may inflate to, if the scan is to look into each: a third of a second."""
    document_bytes: int = 64 << 20
    """One content document: twice the largest text known, nine million characters of three bytes."""
    markup_bytes: int = 16 << 20
    """Package document, navigation, `container.xml`, `encryption.xml`: each."""
    nesting: int = 512
    """Elements of an HTML document inside each other; deeper ones are put beside each other, as Chromium does."""
    html_tags: int = 500_000
    """Tags of an HTML document."""
    html_work: int = 500_000_000
    """Looks of tags at open elements that an HTML document may need: half a second."""
    html_copies: int = 2_000_000
    """Copies of formatting elements left open that an HTML document may need; and its elements altogether."""
    kept_characters: int = 4_000_000
    """Source text of the resources that a publication keeps built, all together; the latest one is always kept."""
    reading_order: int = 65_535
    """Resources of a reading order, as many as an archive has entries."""
    names: int = 200
    """People, subjects, series, languages and identifiers that a publication tells of itself: of each sort."""
    name_text: int = 1_000
    """Code points of such a name, and of a title."""
    description_text: int = 50_000
    """Code points of a description."""
    pages: int = 50_000
    """Pages of a PDF."""
    pixels: int = 100_000_000
    """Width times height of a picture that becomes a cover."""
    picture_bytes: int = 32 << 20
    """A picture that becomes a cover, as it is in the file."""
    recordings: int = 5_000
    """Files of sound in one folder."""
    notes: int = 100
    """Lines about what is wrong with a file; the rest is counted."""
    task_bytes: int = 1 << 30
    """Address space of a process that reads files."""
    task_cpu_seconds: int = 120
    """Processor time of one task: a checksum of ten gigabytes on a small machine."""
    task_seconds: int = 600
    """Time of one task, waiting for slow disks included."""
    answer_bytes: int = 64 << 20
    """What a task may answer."""
    worker_tasks: int = 1_000
    """Tasks after which a process is replaced by a new one, so that nothing piles up in it."""
    worker_idle_seconds: int = 30
    """How long a process waits for the next task before it ends."""


LIMITS = Limits()
