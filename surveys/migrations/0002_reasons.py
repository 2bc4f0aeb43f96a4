"""The reasons offered with an answer, for an administrator to change."""

from django.db import migrations

REASONS = (
    ("slow", "low", "It took too long", "시간이 오래 걸렸어요"),
    ("unsolved", "low", "It is not solved", "해결되지 않았어요"),
    ("uninformed", "low", "I was not kept informed", "진행 상황을 알기 어려웠어요"),
    ("unclear", "low", "The explanation was hard to understand", "설명이 이해하기 어려웠어요"),
    ("unfriendly", "low", "The tone was unfriendly", "응대가 친절하지 않았어요"),
    ("quick", "high", "It was quick", "빨리 처리됐어요"),
    ("solved", "high", "It was solved for good", "확실하게 해결됐어요"),
    ("clear", "high", "It was explained well", "설명이 이해하기 쉬웠어요"),
    ("friendly", "high", "The tone was friendly", "응대가 친절했어요"),
)


def add(apps, schema_editor):
    reason = apps.get_model("surveys", "Reason")
    for position, (key, side, name_en, name_ko) in enumerate(REASONS, 1):
        names = {"name_en": name_en, "name_ko": name_ko}
        reason.objects.get_or_create(
            key=key, defaults={"side": side, "position": position, **names}
        )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_surveys")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
