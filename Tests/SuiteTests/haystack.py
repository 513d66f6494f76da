"""Everything that a run has written, as the words in it: so that thousands of secrets are looked for at once."""

import base64
import binascii
import re
from collections.abc import Iterable

# Secrets, and the parts of tokens, are words of base64url; in `Authorization: Basic` and in keys, of base64.
WORD = re.compile(rb"[A-Za-z0-9_-]{12,}")
WIDE_WORD = re.compile(rb"[A-Za-z0-9+/]{12,}")
# How pg_dump writes bytes.
HEX = re.compile(rb"\\x([0-9a-f]{12,})")


class Haystack:
    def __init__(self):
        self.words: set[bytes] = set()
        self.size = 0

    def add(self, text: bytes) -> None:
        """Also what stands in it as hexadecimal digits."""
        self.size += len(text)
        self.words.update(WORD.findall(text))
        self.words.update(WIDE_WORD.findall(text))
        for digits in HEX.findall(text):
            raw = binascii.unhexlify(digits[: len(digits) // 2 * 2])
            self.words.update(WORD.findall(raw))
            # A key that stands there as it is.
            self.words.add(base64.urlsafe_b64encode(raw).rstrip(b"="))

    def holds(self, secrets: Iterable[str]) -> set[str]:
        """Which of them it holds, whole or by a part of theirs."""
        return {secret for secret in secrets if not self.words.isdisjoint(needles(secret))}


def needles(secret: str) -> set[bytes]:
    """The words by which a secret shows: those of a token but for its header, which all tokens have."""
    words = WORD.findall(secret.encode()) + WIDE_WORD.findall(secret.encode())
    if secret.startswith("eyJ") and secret.count(".") == 2:
        words = WORD.findall(secret.split(".", 1)[1].encode())
    return {word for word in words if len(word) >= 20}
