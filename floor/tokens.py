"""Secrets of the shop floor: made here, kept elsewhere as their SHA-256 alone.

Enrollment codes are short, for a person to type, and live for minutes; tokens of devices are long. Badges are their
operators' own.
"""

import hashlib
import secrets

# Without what looks alike on a screen across the hall: 0 O, 1 I L, 2 Z, 5 S, 8 B.
_LETTERS = "ACDEFGHJKMNPQRTUVWXY34679"
_CODE_LENGTH = 10
# Nothing of ours is longer; a megabyte is not hashed.
LONGEST = 200


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_code() -> str:
    """A one-time code in two groups: 25¹⁰ of them, some 46 bits."""
    text = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    return f"{text[:5]}-{text[5:]}"


def code_of(typed: str) -> str:
    """A code as it was made, however it was typed."""
    letters = "".join(letter for letter in typed[:LONGEST].upper() if letter.isalnum())
    return f"{letters[:5]}-{letters[5:]}"


def new_token() -> str:
    """The token of a device, 256 bits."""
    return secrets.token_urlsafe(32)
