"""People and what belongs to them, and when they may be disturbed."""

from accounts.models.absence import Delegation
from accounts.models.duty import QuietHours, Rota, RotaLayer, RotaMember, RotaOverride
from accounts.models.people import (
    ApiToken,
    AuditEvent,
    Department,
    Membership,
    RoleGrant,
    SignInSession,
    Team,
    User,
    UserManager,
)

__all__ = [
    "Delegation",
    "ApiToken",
    "AuditEvent",
    "Department",
    "Membership",
    "QuietHours",
    "RoleGrant",
    "Rota",
    "RotaLayer",
    "RotaMember",
    "RotaOverride",
    "SignInSession",
    "Team",
    "User",
    "UserManager",
]
