"""The container files: read as a careful administrator would read them."""

import re
from typing import Any

import pytest
import yaml

from itsm.env import SETTINGS
from itsm.stack.paths import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("prepare", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "docker/nginx.conf").read_text()


def test_all_parts_are_there() -> None:
    assert set(SERVICES) == {"db", "redis", "prepare", "web", "worker", "beat", "front"}


@pytest.mark.parametrize("name", ["db", "redis", "worker", "beat"])
def test_each_part_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_images_say_whether_they_are_well() -> None:
    assert DOCKERFILE.count("HEALTHCHECK") == 2


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_few_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service


def test_the_image_does_not_run_as_root() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
    app = next(stage for stage in stages if " AS app" in stage)
    assert re.findall(r"^USER (\w+)", app, flags=re.MULTILINE) == ["maru"]
    assert "nginx-unprivileged" in DOCKERFILE


def test_secrets_come_from_files_only() -> None:
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "SECRET" in name:
                assert name.endswith("_FILE"), name
                assert value.startswith("/run/secrets/")
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_every_setting_is_one_that_exists() -> None:
    known = {setting.name for setting in SETTINGS}
    known |= {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret}
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= known


def test_nothing_starts_before_the_tables_are_there() -> None:
    for name in ("web", "worker", "beat"):
        needs = SERVICES[name]["depends_on"]
        assert needs["prepare"]["condition"] == "service_completed_successfully"
    assert SERVICES["prepare"]["restart"] == "no"


def test_only_the_front_is_reachable_and_only_from_here_by_default() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]
    assert SERVICES["front"]["ports"] == ["${MARU_LISTEN:-127.0.0.1:8080}:8080"]


def test_any_number_of_web_containers_fits() -> None:
    assert "container_name" not in SERVICES["web"]
    assert "ports" not in SERVICES["web"]
    assert "resolver 127.0.0.11" in NGINX


def test_the_front_overwrites_what_browsers_claim() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX
    # Attachments are served by the application, through its access door.
    assert NGINX.count("root /srv;") == 2
    assert "/data" not in NGINX


def test_what_is_built_reaches_the_image_from_locked_files_only() -> None:
    assert DOCKERFILE.count("--require-hashes") == 2
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"secrets", "var", ".venv", ".git"} <= set(ignored)


def test_the_database_keeps_hangul() -> None:
    assert "--locale=C.UTF-8" in SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"]
