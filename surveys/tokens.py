"""The links of surveys. Only a link's digest is kept: who reads the database can't vote."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from django.utils.crypto import salted_hmac


def link_token(key: UUID) -> str:
    """The token of a survey's link, signed with the installation's secret.

    Made anew from the same key it is the same, so that a mail sent twice holds one link.
    """
    signature = salted_hmac("surveys.link", key.hex, algorithm="sha256").digest()
    return urlsafe_b64encode(signature).rstrip(b"=").decode()


def digest(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()
