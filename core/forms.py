"""Forms and actions: what an action refuses stands beside the field it is about."""

from django.forms import Form

from core.errors import ActionError


def refuse(form: Form, error: ActionError) -> None:
    """Put an action's refusal onto the form: on its fields where they exist, else above them."""
    for name, message in error.errors.items():
        form.add_error(name if name in form.fields else None, str(message))
    if not error.errors:
        form.add_error(None, str(error.message))
