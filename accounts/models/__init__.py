"""People and what belongs to them, and when they may be disturbed."""

from accounts.models.duty import QuietHours
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
    "ApiToken",
    "AuditEvent",
    "Department",
    "Membership",
    "QuietHours",
    "RoleGrant",
    "SignInSession",
    "Team",
    "User",
    "UserManager",
]
