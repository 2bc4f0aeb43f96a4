"""The mail that asks: five faces, each a link to the page. The page votes, never the link."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from core import formats, options
from notifications.letters import absolute, reading_as, robot, sender
from notifications.texts import one_line
from surveys.enums import Score
from surveys.models import Survey

# Mail programs draw no pictures of ours.
SIGNS = {1: "😠", 2: "🙁", 3: "😐", 4: "🙂", 5: "😄"}


def letter(survey: Survey, token: str) -> EmailMultiAlternatives:
    """The mail of one survey, ready to send."""
    organisation = str(options.get("organisation"))
    host = urlsplit(settings.PUBLIC_URL).hostname
    with reading_as(survey.user) as language:
        link = absolute(reverse("portal:survey", args=[token]))
        subject = one_line(
            _("[%(number)s] How satisfied are you?") % {"number": survey.ticket.number}
        )
        page = {
            "subject": subject,
            "language": language,
            "organisation": organisation,
            "number": survey.ticket.number,
            "title": one_line(survey.ticket.title),
            "name": survey.user.name,
            "link": link,
            "until": formats.day(survey.expires_at),
            "faces": [
                {"sign": SIGNS[score], "word": score.label, "link": f"{link}?face={score.value}"}
                for score in Score
            ],
        }
        text = render_to_string("surveys/mail.txt", page)
        html = render_to_string("surveys/mail.html", page)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=sender(organisation),
        to=[survey.user.email],
        headers={"Message-ID": f"<survey.{survey.pk}@{host}>", **robot("auto-generated")},
    )
    mail.attach_alternative(html, "text/html")
    return mail
