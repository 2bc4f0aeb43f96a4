"""Asking for an offering in the portal: filled in, checked, sent once, nothing lost."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.actions import offerings
from catalog.models import Request
from cmdb.enums import ItemType
from portal.models import StagedFile
from tests.catalog.support import choice, definition, field, make_offering
from tests.factories import make_department, make_item, make_team, make_user
from tests.knowledge.support import make_editor, publish, written
from tests.portal.support import TOKEN
from tickets.models import ApprovalPolicy, Attachment, Draft

pytestmark = pytest.mark.django_db
YES = {"field": "model", "is": "eq", "value": "pro"}


@pytest.fixture
def person(client):
    make_team()
    user = make_user("김하늘", roman_name="Haneul Kim", department=make_department())
    client.force_login(user)
    return user


def laptop(**more: Any) -> Any:
    fields = [
        choice("model", "air:1000000", "pro:2500000", required=True),
        field("reason", "long_text", required=True, shown_if=YES),
        field("note"),
    ]
    price = {"amount": "0", "currency": "KRW", "payer": "department"}
    return make_offering(*fields, price=price, **more)


def typed(offering: Any, **answers: Any) -> dict[str, Any]:
    """A page of the form as a browser sends it."""
    data: dict[str, Any] = {"slot": f"portal:request:{offering.pk}", "has": [], "token": TOKEN}
    for key, value in answers.items():
        if key in ("do", "step", "beneficiary"):
            data[key] = value
        elif key == "whose":
            data["for"] = value
        else:
            data["has"].append(key)
            several = isinstance(value, list)
            if value is not None:
                data[("m-" if several else "f-") + key] = value
    return data


def url(offering: Any, page: str = "request", **args: Any) -> str:
    return reverse(f"portal:{page}", args=[offering.slug])


def fill(client: Any, offering: Any, **answers: Any) -> Any:
    return client.post(url(offering), typed(offering, **answers))


def send(client: Any, offering: Any) -> Any:
    """Send what the check page shows."""
    page = client.get(url(offering, "request_check")).context
    data = {
        "token": TOKEN,
        "version": page["offering"].live_id,
        "price": page["expected"].cost.token,
    }
    return client.post(url(offering, "request_check"), data)


def test_a_form_is_filled_in_checked_and_sent(client, person):
    offering = laptop(delivery_days=3)
    answer = fill(client, offering, model="pro", reason="Video", note="")
    assert answer.headers["Location"] == url(offering, "request_check")
    page = client.get(answer.headers["Location"]).content.decode()
    for words in ("Pro", "Video", "2,500,000 KRW", "Within 3 working days", "Not needed"):
        assert words in page
    answer = send(client, offering)
    made = Request.objects.get()
    assert answer.headers["Location"] == reverse("portal:request_done", args=[made.number])
    assert made.answers == {"model": "pro", "reason": "Video"}
    assert (made.requester, made.channel, int(made.amount)) == (person, "portal", 2500000)
    assert not Draft.objects.exists()
    assert made.number in client.get(answer.headers["Location"]).content.decode()


def test_mistakes_are_said_above_and_beside_and_keep_every_word(client, person):
    offering = laptop()
    answer = fill(client, offering, model="pro", reason=" ", note="Keep me")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: Laptop" in page
    assert '<a href="#q-reason">Fill this in: Reason</a>' in page
    assert 'id="q-reason_error"' in page
    assert 'aria-describedby="q-reason_error"' in page
    assert 'value="Keep me"' in page
    assert not Request.objects.exists()


def test_a_hidden_question_is_not_required_and_keeps_its_value(client, person):
    offering = laptop()
    fill(client, offering, model="air", reason="Kept")
    send(client, offering)
    made = Request.objects.get()
    assert made.answers == {"model": "air", "reason": "Kept"}
    assert int(made.amount) == 1000000


def test_without_script_a_button_shows_further_questions(client, person):
    offering = laptop()
    before = client.get(url(offering)).context["blocks"][0].questions
    assert [question.hidden for question in before] == [False, True, False]
    answer = fill(client, offering, model="pro", do="refresh")
    assert answer.status_code == 200
    after = answer.context["blocks"][0].questions
    assert [question.hidden for question in after] == [False, False, False]
    assert not answer.context["errors"]


def test_who_is_not_meant_gets_the_same_answer_as_for_nothing(client, person):
    offering = laptop(audience={"people": [make_user().pk]})
    missing = client.get(reverse("portal:request", args=["no-such-thing"]))
    for page in ("request", "request_check"):
        refused = client.get(url(offering, page))
        assert refused.status_code == missing.status_code == 404
    sent = client.post(url(offering), typed(offering, model="air"))
    assert sent.status_code == 404
    assert not Draft.objects.exists()


def test_sending_twice_makes_one_request(client, person):
    offering = laptop()
    fill(client, offering, model="air")
    data = {"token": TOKEN, "version": offering.live_id, "price": ""}
    first = client.post(url(offering, "request_check"), data)
    second = client.post(url(offering, "request_check"), data)
    assert Request.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_a_price_that_changed_meanwhile_is_told_and_nothing_is_sent(client, person):
    offering = laptop()
    fill(client, offering, model="air", note="Mine")
    page = client.get(url(offering, "request_check")).context
    seen = {"token": TOKEN, "version": offering.live_id, "price": page["expected"].cost.token}
    dearer = definition(
        choice("model", "air:1200000", "pro:2500000", required=True),
        field("note"),
        price={"payer": "department"},
    )
    offerings.save_draft(offering, dearer, edition=None, by=None)
    offerings.publish(offering, by=None)
    answer = client.post(url(offering, "request_check"), seen)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "1,000,000 KRW" in said
    assert "1,200,000 KRW" in said
    assert "Mine" in said
    assert not Request.objects.exists()
    assert send(client, offering).status_code == 302
    assert int(Request.objects.get().amount) == 1200000


def test_a_question_that_was_added_meanwhile_is_asked_before_sending(client, person):
    offering = laptop()
    fill(client, offering, model="air")
    page = client.get(url(offering, "request_check")).context
    seen = {"token": TOKEN, "version": offering.live_id, "price": page["expected"].cost.token}
    more = definition(choice("model", "air", required=True), field("colour", required=True))
    offerings.save_draft(offering, more, edition=None, by=None)
    offerings.publish(offering, by=None)
    answer = client.post(url(offering, "request_check"), seen, follow=True)
    assert "Fill this in: Colour" in answer.content.decode()
    assert not Request.objects.exists()


def test_what_was_typed_waits_for_whoever_typed_it(client, person):
    offering = laptop()
    client.post(reverse("portal:draft"), typed(offering, model="pro", reason="Half a sen"))
    page = client.get(url(offering))
    assert "Continue where you stopped" in page.content.decode()
    assert "Half a sen" in page.content.decode()
    client.post(reverse("portal:discard"), {"slot": f"portal:request:{offering.pk}"})
    assert "Half a sen" not in client.get(url(offering)).content.decode()


def test_what_is_sent_after_the_session_ended_is_kept(client, person):
    offering = laptop()
    author = client.get(url(offering)).context["author"]
    client.logout()
    client.post(url(offering), {**typed(offering, model="pro", reason="Long"), "author": author})
    session = client.session
    client.force_login(person)
    for key, value in session.items():
        if key.startswith("portal"):
            kept = client.session
            kept[key] = value
            kept.save()
    assert "Long" in client.get(url(offering)).content.decode()


def test_defaults_are_filled_in(client, person):
    offering = make_offering(
        choice("model", "air", "pro", default="air"),
        choice("more", "mouse", "bag", type_="choices", default=["bag"]),
        field("when", "date", default="+3"),
        field("new", "yes_no", default=False),
    )
    model, more, when, new = client.get(url(offering)).context["blocks"][0].questions
    assert [choice.chosen for choice in model.choices] == [True, False]
    assert [choice.chosen for choice in more.choices] == [False, True]
    assert when.value == (timezone.localdate() + timezone.timedelta(days=3)).isoformat()
    assert [choice.chosen for choice in new.choices] == [False, True]


def test_files_belong_to_their_question_and_end_on_the_request(client, person):
    offering = make_offering(field("quote", "file", required=True), field("other", "file"))
    assert "Add a file: Quote" in fill(client, offering, quote=None).content.decode()
    data = typed(offering, quote=None, other=None)
    data["f-quote"] = SimpleUploadedFile("견적서.pdf", b"%PDF-1.4 quote")
    assert client.post(url(offering), data).status_code == 302
    assert StagedFile.objects.get().slot == f"portal:request:{offering.pk}:quote"
    assert "견적서.pdf" in client.get(url(offering, "request_check")).content.decode()
    send(client, offering)
    assert Request.objects.get().answers == {"quote": ["견적서.pdf"]}
    assert Attachment.objects.get().name == "견적서.pdf"
    assert not StagedFile.objects.exists()


def test_a_program_is_refused_beside_its_question(client, person):
    offering = make_offering(field("quote", "file"))
    data = {**typed(offering, quote=None), "f-quote": SimpleUploadedFile("a.exe", b"MZ")}
    answer = client.post(url(offering), data)
    assert answer.status_code == 422
    assert "is a program" in answer.content.decode()


def test_it_is_asked_for_somebody_else(client, person):
    other = make_user("이나무")
    offering = make_offering(field("why"), for_others=True)
    answer = fill(client, offering, why="x", whose="other", beneficiary="")
    assert '<a href="#id_beneficiary">' in answer.content.decode()
    fill(client, offering, why="x", whose="other", beneficiary=other.pk)
    assert "이나무" in client.get(url(offering, "request_check")).content.decode()
    send(client, offering)
    assert Request.objects.get().beneficiary == other


def test_without_script_somebody_else_is_named_by_address(client, person):
    other = make_user()
    offering = make_offering(field("boss", "person", required=True), for_others=True)
    said = {"whose": "other", "beneficiary": other.email, "boss": other.email}
    assert fill(client, offering, **said).status_code == 302
    send(client, offering)
    assert Request.objects.get().answers == {"boss": other.pk}


def test_people_are_suggested_with_what_tells_homonyms_apart(client, person):
    sales, lab = make_department("영업부"), make_department("연구소")
    make_user("홍길동", department=sales, employee_no="1001")
    make_user("홍길동", department=lab, job_title="팀장")
    make_user("홍길동", is_active=False)
    page = client.get(reverse("portal:colleagues"), {"q": "ㅎㄱㄷ"}).content.decode()
    assert page.count('role="option"') == 2
    for words in ("영업부 · 1001", "연구소 · 팀장"):
        assert words in page
    assert 'role="option"' not in client.get(reverse("portal:colleagues")).content.decode()


def test_only_own_items_of_the_type_are_offered_and_one_is_chosen_already(client, person):
    mine = make_item("NB-1", type=ItemType.WORKSTATION, owner=person)
    make_item("PR-1", type=ItemType.PRINTER, owner=person)
    make_item("NB-2", type=ItemType.WORKSTATION, owner=make_user())
    offering = make_offering(field("pc", "item", item_types=["workstation"], mine=True))
    question = client.get(url(offering)).context["blocks"][0].questions[0]
    assert [(one.value, one.chosen) for one in question.choices] == [(str(mine.pk), True)]


def test_items_are_suggested_by_type(client, person):
    make_item("PR-1", type=ItemType.PRINTER)
    make_item("PC-1", type=ItemType.WORKSTATION)
    offering = make_offering(field("printer", "item", item_types=["printer"]), field("x"))
    url_ = reverse("portal:request_items", args=[offering.slug, "printer"])
    page = client.get(url_, {"q": "1"}).content.decode()
    assert "PR-1" in page
    assert "PC-1" not in page
    none = reverse("portal:request_items", args=[offering.slug, "x"])
    assert "PC-1" not in client.get(none, {"q": "1"}).content.decode()


def long_form() -> Any:
    data = definition()
    data["form"]["sections"] = [
        {
            "key": f"s{n}",
            "title": f"Section {n}",
            "fields": [field(f"f{n}_{m}", required=m == 0) for m in range(4)],
        }
        for n in range(4)
    ]
    return make_offering(form=data["form"])


def test_a_long_form_is_asked_in_steps_and_back_keeps_everything(client, person):
    offering = long_form()
    page = client.get(url(offering))
    assert [block.key for block in page.context["blocks"]] == ["s0"]
    assert [step["state"] for step in page.context["steps"]] == ["current", *["todo"] * 4]
    refused = fill(client, offering, f0_0="", step=1)
    assert refused.status_code == 422
    assert len(refused.context["errors"]) == 1
    answer = fill(client, offering, f0_0="one", step=1)
    assert answer.headers["Location"] == url(offering) + "?step=2"
    back = fill(client, offering, f1_0="", f1_1="half", step=2, do="back")
    assert back.headers["Location"] == url(offering) + "?step=1"
    assert 'value="one"' in client.get(back.headers["Location"]).content.decode()
    assert 'value="half"' in client.get(url(offering) + "?step=2").content.decode()
    for n in (1, 2, 3):
        answer = fill(client, offering, **{f"f{n}_0": "x"}, step=n + 1)
    assert answer.headers["Location"] == url(offering, "request_check")
    send(client, offering)
    assert Request.objects.get().answers["f0_0"] == "one"


def test_the_check_page_leads_to_the_step_that_has_something_to_mend(client, person):
    offering = long_form()
    fill(client, offering, f0_0="one", step=1)
    answer = client.get(url(offering, "request_check"))
    assert answer.headers["Location"] == url(offering) + "?step=2&mend=1"
    assert client.get(answer.headers["Location"]).status_code == 422


def test_a_short_form_has_no_steps(client, person):
    assert client.get(url(laptop())).context["steps"] == []


def test_the_approval_line_is_shown_before_sending_with_the_rule(client, person):
    boss = make_user("박부장", roman_name="Bujang Park")
    person.manager = boss
    person.save()
    policy = ApprovalPolicy.objects.create(
        name_ko="팀장 결재",
        name_en="Manager decides",
        data={"stages": [{"kind": "approve", "who": [{"type": "manager", "level": 1}]}]},
    )
    offering = laptop(approval={"policy": policy.pk}, delivery_days=3)
    fill(client, offering, model="air")
    page = client.get(url(offering, "request_check")).content.decode()
    for words in ("Bujang Park", "manager of the requester", "Manager decides", "after approval"):
        assert words in page
    done = client.get(send(client, offering).headers["Location"]).content.decode()
    assert "Bujang Park" in done


def test_pages_ask_the_same_however_long_the_form_is(client, person):
    counts = []
    for many in (1, 25):
        questions = [field(f"p{n}", "person") for n in range(many)]
        questions += [field(f"i{n}", "item") for n in range(many)]
        questions += [field(f"f{n}", "file") for n in range(many)]
        offering = make_offering(*questions)
        answers: dict[str, Any] = {f"p{n}": make_user().pk for n in range(many)}
        answers |= {f"i{n}": make_item(f"{many}-{n}").pk for n in range(many)}
        fill(client, offering, **answers)
        for page in ("request", "request_check"):
            client.get(url(offering, page))
            with CaptureQueriesContext(connection) as asked:
                client.get(url(offering, page))
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def borrowing() -> Any:
    """An article about borrowing a laptop."""
    return publish(written(by=make_editor(), title_en="Borrow a laptop", body_en="At the desk."))


def test_articles_are_shown_before_and_suggested_while_typing(client, person):
    offering = make_offering(field("why"), articles=[borrowing().pk])
    page = client.get(url(offering)).content.decode()
    helping = url(offering, "request_help")
    assert "Borrow a laptop" in page
    assert helping in page
    found = client.get(helping, {"f-why": "borrow a laptop"}).content.decode()
    assert "Borrow a laptop" in found
    assert "Borrow" not in client.get(helping, {"f-why": "b"}).content.decode()


def test_an_article_that_solves_it_gives_the_form_up(client, person):
    article = borrowing()
    offering = make_offering(field("why"), articles=[article.pk])
    fill(client, offering, why="x")
    sent = {"slot": f"portal:request:{offering.pk}"}
    client.post(reverse("portal:article_solved", args=[article.slug]), sent)
    assert not Draft.objects.exists()
    assert not Request.objects.exists()


def test_defaults_of_later_steps_hold_and_what_was_emptied_stays_empty(client, person):
    sections = [
        {"key": f"s{n}", "title": f"S{n}", "fields": [field(f"f{n}_{m}") for m in range(4)]}
        for n in range(4)
    ]
    for at in (0, 3):
        bag = choice(f"with{at}", "bag", "mouse", type_="choices", default=["bag"])
        sections[at]["fields"].append(bag)
    offering = make_offering(form={"sections": sections})
    fill(client, offering, f0_0="x", with0=None, step=1)
    first = client.get(url(offering)).context["blocks"][0].questions[-1]
    assert not any(option.chosen for option in first.choices)
    last = client.get(url(offering) + "?step=4").context["blocks"][0].questions[-1]
    assert [option.chosen for option in last.choices] == [True, False]
    send(client, offering)
    assert Request.objects.get().answers == {"f0_0": "x", "with3": ["bag"]}


def test_an_offering_without_questions_is_asked_for_somebody_else(client, person):
    other, offering = make_user(), make_offering(for_others=True)
    assert 'name="has" value=""' in client.get(url(offering)).content.decode()
    sent = {**typed(offering, whose="other", beneficiary=other.pk), "has": [""]}
    client.post(url(offering), sent)
    send(client, offering)
    assert Request.objects.get().beneficiary == other


def test_each_line_above_the_form_says_which_question_it_is_about(client, person):
    offering = make_offering(field("many", "number", low=1, high=5))
    page = fill(client, offering, many="9").content.decode()
    assert '<a href="#q-many">Many – Choose from 1 to 5.</a>' in page


def test_going_from_step_to_step_is_no_coming_back(client, person):
    offering = long_form()
    fill(client, offering, f0_0="one", step=1)
    assert client.get(url(offering) + "?step=2").context["draft"] is None
    assert client.get(url(offering)).context["draft"] is not None
