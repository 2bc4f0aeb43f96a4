"""The page behind the link, and what an answer is."""

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from core.errors import ActionError, NotFound
from surveys import actions
from surveys.models import Reason, Survey
from tests.factories import make_user, open_incident
from tests.surveys.support import address, age, answered, close, closed
from tickets import actions as kernel
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_user("김하늘", roman_name="Haneul Kim", language="ko")


@pytest.fixture
def survey(person):
    return closed(person, title="VPN drops <b>hourly</b>")


def fresh(survey):
    return Survey.objects.get(pk=survey.pk)


def test_the_link_opens_a_page_without_signing_in(survey):
    page = Client().get(address(survey))
    assert page.status_code == 200
    text = page.content.decode()
    assert survey.ticket.number in text
    assert "VPN drops &lt;b&gt;hourly" in text
    assert text.count('name="score"') == 5
    assert page["Cache-Control"].startswith("max-age=0, no-cache")


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("query", ["", "?face=1", "?score=1", "?face=5&thanks=1"])
def test_a_mail_scanner_that_opens_every_link_never_votes(survey, method, query):
    answer = getattr(Client(), method)(address(survey) + query)
    assert answer.status_code == 200
    assert (fresh(survey).score, fresh(survey).answered_at) == (None, None)


def test_a_face_in_the_mail_is_chosen_on_the_page(survey):
    page = Client().get(address(survey) + "?face=4").content.decode()
    assert 'value="4" checked' in page
    assert page.count(" checked") == 1
    assert " checked" not in Client().get(address(survey) + "?face=12").content.decode()


def test_sending_the_form_votes_thanks_and_may_be_changed(survey):
    client, low = Client(), Reason.objects.filter(side="low").first()
    sent = {"score": "2", "reasons": [low.pk], "comment": " 너무 늦었어요 "}
    answer = client.post(address(survey), sent)
    assert (answer.status_code, answer["Location"]) == (302, address(survey) + "?thanks=1")
    first = fresh(survey)
    assert (first.score, first.comment) == (2, "너무 늦었어요")
    assert list(first.reasons.all()) == [low]
    assert 'value="2" checked' in client.get(answer["Location"]).content.decode()
    client.post(address(survey), {"score": "5"})
    second = fresh(survey)
    assert (second.score, second.first_score, second.comment) == (5, 2, "")
    assert second.answered_at == first.answered_at
    assert second.changed_at > first.changed_at
    assert not second.reasons.exists()
    assert Survey.objects.count() == 1


def test_reasons_of_the_other_side_are_left_out(survey, person):
    low, high = (Reason.objects.filter(side=side).first() for side in ("low", "high"))
    actions.vote(survey, 5, by=person, reasons=[low, high])
    assert list(fresh(survey).reasons.all()) == [high]


def test_without_a_face_it_says_what_is_missing_and_keeps_the_words(survey):
    page = Client().post(address(survey), {"comment": "kept words"})
    assert page.status_code == 422
    assert "kept words" in page.content.decode()
    assert fresh(survey).score is None


@pytest.mark.parametrize("score", ["0", "6", "-1", "x", "1.5", "9" * 40])
def test_there_are_five_faces_and_no_others(survey, score):
    assert Client().post(address(survey), {"score": score}).status_code == 422
    assert fresh(survey).score is None


def test_bad_reasons_and_long_words_are_refused(survey):
    sent = {"score": "3", "reasons": ["999999"], "comment": "x"}
    assert Client().post(address(survey), sent).status_code == 422
    assert Client().post(address(survey), {"score": "3", "comment": "x" * 4001}).status_code == 422
    assert Client().post(address(survey), {"score": "3", "comment": "a\x00b"}).status_code == 422
    assert fresh(survey).score is None


def test_a_forged_link_is_not_found(survey):
    link = address(survey)
    for forged in (link[:-2] + "x/", f"/portal/survey/{survey.digest}/", "/portal/survey/1/",
                   f"/portal/survey/{survey.key}/", "/portal/survey/%00/"):  # fmt: skip
        assert Client().get(forged).status_code == 404
        assert Client().post(forged, {"score": "1"}).status_code == 404
    assert fresh(survey).score is None


def test_an_expired_link_says_so_and_takes_nothing(survey):
    age(survey, days=15)
    client = Client()
    assert client.get(address(survey)).status_code == 410
    client.post(address(survey), {"score": "1"})
    assert fresh(survey).score is None
    with pytest.raises(ActionError, match="ended"):
        actions.vote(survey, 1, by=survey.user)


def test_an_expired_answer_is_shown_but_stays(survey, person):
    actions.vote(survey, 4, by=person)
    age(survey, days=15)
    page = Client().get(address(survey)).content.decode()
    assert 'name="score"' not in page
    Client().post(address(survey), {"score": "1"})
    assert fresh(survey).score == 4


def test_nobody_votes_for_somebody_else(survey):
    with pytest.raises(NotFound):
        actions.vote(survey, 1, by=make_user())


def test_whoever_left_votes_no_more(survey):
    User.objects.filter(pk=survey.user_id).update(is_active=False)
    with pytest.raises(ActionError):
        actions.vote(fresh(survey), 1, by=survey.user)


def test_the_page_speaks_the_language_of_whom_it_was_sent_to(survey):
    assert Client().get(address(survey))["Content-Language"] == "ko"
    chosen = Client()
    chosen.cookies["django_language"] = "en"
    assert chosen.get(address(survey))["Content-Language"] == "en"


def test_the_title_of_a_restricted_record_is_not_on_the_open_page(survey):
    Ticket.objects.filter(pk=survey.ticket_id).update(restricted=True)
    assert "VPN drops" not in Client().get(address(survey)).content.decode()


def test_the_form_is_guarded_against_other_sites(survey):
    client = Client(enforce_csrf_checks=True)
    assert client.post(address(survey), {"score": "1"}).status_code == 403
    assert fresh(survey).score is None


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_closed_record_offers_it_to_its_requester(survey, person):
    client, number = signed_in(person), survey.ticket.number
    page = client.get(f"/portal/my/{number}/").content.decode()
    assert f"/portal/my/{number}/survey/?face=5" in page
    client.post(f"/portal/my/{number}/survey/", {"score": "4"})
    assert fresh(survey).score == 4
    page = client.get(f"/portal/my/{number}/").content.decode()
    assert f"/portal/my/{number}/survey/?face=5" not in page
    assert f"/portal/my/{number}/survey/" in page


def test_nobody_else_answers_it_on_the_record(survey):
    watcher = make_user()
    kernel_page = f"/portal/my/{survey.ticket.number}/survey/"
    assert signed_in(watcher).get(kernel_page).status_code == 404
    User.objects.filter(pk=watcher.pk).update(department=None)
    from tickets.models import Watch

    Watch.objects.create(ticket=survey.ticket, user=watcher)
    assert signed_in(watcher).get(kernel_page).status_code == 404
    assert signed_in(watcher).post(kernel_page, {"score": "1"}).status_code == 404


def test_a_record_without_a_survey_has_no_such_page(person):
    ticket = open_incident(by=person)
    assert signed_in(person).get(f"/portal/my/{ticket.number}/survey/").status_code == 404


def test_of_a_record_that_closes_again_the_answer_before_is_shown(person):
    """An incident does not reopen once closed; other kinds do, and then this is what is shown."""
    before = answered(person, 2)
    age(before, days=20)
    ticket = Ticket.objects.get(pk=before.ticket_id)
    Ticket.objects.filter(pk=ticket.pk).update(status="resolved", phase="resolved", closed_at=None)
    again = close(Ticket.objects.get(pk=ticket.pk))
    assert again.pk != before.pk
    assert (again.score, fresh(before).score) == (None, 2)
    page = Client().get(address(again)).content.decode()
    with translation.override(person.language):
        assert str(before.get_score_display()) in page
    assert "survey__earlier" in page


def test_a_reopened_record_keeps_its_answer_and_its_link(person):
    survey = answered(person, 5)
    assert fresh(survey).expires_at > timezone.now()
    assert 'value="5" checked' in Client().get(address(survey)).content.decode()


def test_reading_the_record_leaves_the_survey_alone(survey, person):
    kernel.mark_seen(survey.ticket, by=person)
    assert fresh(survey).score is None
