"""Pictures and files: brought in here alone, named so that nobody can guess where they lie."""

import hashlib
import secrets
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction

from core.errors import InvalidInput
from core.transactions import service
from production.file_rules import MOST_BYTES, clean_name, kind_of
from production.models import Attachment
from sites.access import require
from sites.models import Company, Site


@service
def upload(
    *, company: Company, file: File, site: Site | None = None, by_operator: bool = False, actor: Any
) -> Attachment:
    """Keep a picture (PNG, JPEG, GIF, WebP) or a PDF of `company`, of at most 10 MB.

    `site`: where its people work who bring it in, if they do not belong to the company as a whole; with `by_operator`
    those of whoever operates it may as well, for what they saw there. What it is, is told by its bytes. It is seen by
    the company, and by whoever sees what it is hung on afterwards.

    :raises InvalidInput: for `file`, when it is empty, too large or of another kind.
    :raises NotFound, Forbidden: for who may not write for the company.
    """
    require(actor, company_id=company.pk, site_id=site.pk if site else None, by_operator=by_operator)
    content = _content(file)
    kind = kind_of(content)
    if kind is None:
        raise InvalidInput(errors={"file": "Only pictures (PNG, JPEG, GIF, WebP) and PDF are kept."})
    content_type, ending = kind
    row = Attachment(
        company=company,
        name=clean_name(file.name or ""),
        content_type=content_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    row.file.save(f"{secrets.token_hex(20)}.{ending}", ContentFile(content), save=False)
    _write(row)
    return row


def _content(file: Any) -> bytes:
    if not file.size:
        raise InvalidInput(errors={"file": "The file is empty."})
    if file.size > MOST_BYTES:
        raise InvalidInput(errors={"file": f"A file has at most {MOST_BYTES // 1024 // 1024} MB."}, size=file.size)
    content: bytes = file.read()
    return content


def _write(row: Attachment) -> None:
    """The row of a file that lies on the disk already; without the row the file goes again."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except Exception:
        row.file.delete(save=False)
        raise
