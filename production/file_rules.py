"""What a file is: told by how it begins, never by its name or by what its sender says of it."""

MOST_BYTES = 10 * 1024 * 1024

# Content type and ending by the bytes at an offset. SVG and HTML can carry scripts, so they have no place here.
_BEGINNINGS = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"GIF87a", "image/gif", "gif"),
    (0, b"GIF89a", "image/gif", "gif"),
    (8, b"WEBP", "image/webp", "webp"),
    (0, b"%PDF-", "application/pdf", "pdf"),
)


def kind_of(content: bytes) -> tuple[str, str] | None:
    """The content type and the ending of a picture or PDF; None for everything else.

    >>> kind_of(b"%PDF-1.7")
    ('application/pdf', 'pdf')
    """
    for offset, beginning, content_type, ending in _BEGINNINGS:
        if content[offset : offset + len(beginning)] == beginning:
            if ending == "webp" and content[:4] != b"RIFF":
                continue
            return content_type, ending
    return None


def clean_name(name: str) -> str:
    """A file's name as people see it: without folders, control characters and quotes, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable() and letter not in '"<>').strip()[:200] or "file"
