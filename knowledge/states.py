"""An article's life. What is live stays so while the next text is written and reviewed."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Machine, Phase, State, Transition

MACHINE = Machine(
    initial="draft",
    states=(
        State("draft", pgettext_lazy("article", "Draft"), Phase.NEW),
        State("review", pgettext_lazy("article", "In review"), Phase.WAITING),
        State("published", pgettext_lazy("article", "Published"), Phase.RESOLVED),
        State("retired", pgettext_lazy("article", "Retired"), Phase.CLOSED, withdrawn=True),
    ),
    transitions=(
        Transition("submit", _("Send for review"), ("draft",), "review", rule="edit"),
        Transition("publish", _("Publish"), ("review",), "published", rule="review"),
        Transition(
            "send_back",
            _("Send back"),
            ("review",),
            "draft",
            rule="send_back",
            required=("reason",),
        ),
        # An edit of what is published begins a new text; it is no button of its own.
        Transition("revise", _("Edit"), ("published",), "draft", rule="edit", automatic=True),
        # Only where something is live to go back to.
        Transition(
            "discard", _("Throw the changes away"), ("draft", "review"), "published", rule="edit"
        ),
        Transition(
            "retire",
            pgettext_lazy("article", "Retire"),
            ("draft", "review", "published"),
            "retired",
            rule="retire",
            required=("reason",),
        ),
        Transition("reopen", _("Take up again"), ("retired",), "draft", rule="retire"),
    ),
)
