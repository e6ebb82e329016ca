"""How kinds of publications, sorts and languages are called in the catalogs. Only words."""

from typing import Final

from placekeeper.domain.publication import Kind

KINDS: Final = {
    Kind.EPUB: "EPUB",
    Kind.PDF: "PDF",
    Kind.COMIC: "Comics",
    Kind.AUDIOBOOK: "Audiobooks",
    Kind.FICTIONBOOK: "FictionBook",
    Kind.PLAIN: "Other files",
}
SORTS: Final = {"title": "Title", "author": "Author", "added": "Recently added", "series": "Series"}
_LANGUAGES: Final = {
    "af": "Afrikaans", "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech",
    "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic",
    "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "la": "Latin", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "nb": "Norwegian Bokmål", "nl": "Dutch", "nn": "Norwegian Nynorsk", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
    "yi": "Yiddish", "zh": "Chinese",
}  # fmt: skip


def language_name(tag: str) -> str:
    """`English`, `English (en-GB)`; the tag itself for a language that is not listed."""
    first = tag.replace("_", "-").partition("-")[0].lower()
    name = _LANGUAGES.get(first)
    if name is None:
        return tag
    return name if first == tag else f"{name} ({tag})"
