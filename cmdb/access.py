"""Who may change a service: its owner and administrators."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from cmdb.models import Service
from core.errors import NotAllowed


def may_edit(user: User | None, service: Service) -> bool:
    """Whether the person may change what is written about the service. None is Maru itself."""
    if user is None:
        return True
    reach = reach_of(user)
    return reach.administers or (reach.works and service.owner_id == user.pk)


def require_editor(user: User | None, service: Service) -> None:
    """NotAllowed unless the person may change the service."""
    if not may_edit(user, service):
        raise NotAllowed(_("Only the owner of the service or an administrator may do this."))
